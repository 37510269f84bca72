# SPDX-License-Identifier: GPL-2.0
"""spec.py SPEC < TABLE: compare the tool's tables with the netlink spec."""
import sys

import yaml

SIZES = {'vram', 'vram-free', 'vram-largest', 'vram-offset', 'framebuffer',
         'backing-limit', 'backing-used'}


def names(spec, attr):
    """The words an attribute's values have, in their order."""
    for definition in spec['definitions']:
        if definition['name'] == attr.get('enum'):
            return [entry['name'] for entry in definition['entries']]
    return []


def attributes(spec):
    """Each attribute as (set, number, name, wire, words)."""
    for group in spec['attribute-sets']:
        for number, attr in enumerate(group['attributes'], 1):
            if attr['type'] != 'pad':
                yield (group['name'], number, attr['name'], attr['type'],
                       ','.join(names(spec, attr)))


def commands(spec):
    """Each command as (number, name, set); an event has its get's set."""
    sets = {}
    for number, op in enumerate(spec['operations']['list'], 1):
        sets[op['name']] = op.get('attribute-set') or sets[op['notify']]
        yield number, op['name'], sets[op['name']]


def shown(attr, how):
    """Whether an attribute is shown as what it is."""
    if attr[4]:
        return how in ('enum', 'flags')
    return (how == 'size') == (attr[2] in SIZES)


def main():
    """Print what differs."""
    with open(sys.argv[1], encoding='utf-8') as file:
        spec = yaml.safe_load(file)
    want = {f'attr {a[0]} {a[1]} {a[2]} {a[3]}': a for a in attributes(spec)}
    want |= {f'cmd {c[0]} {c[1]} {c[2]}': None for c in commands(spec)}
    wrong = []
    for line in sys.stdin.read().splitlines():
        word = line.split()
        key = ' '.join(word[:5] if word[0] == 'attr' else word)
        if key not in want:
            wrong.append(f'not in the spec: {line}')
            continue
        attr = want.pop(key)
        if attr and ''.join(word[6:]) != attr[4]:
            wrong.append(f'other words in the spec: {line}: {attr[4]}')
        if attr and not shown(attr, word[5]):
            wrong.append(f'shown in another way than it should be: {line}')
    wrong += [f'not in the tool: {key}' for key in want]
    print('\n'.join(wrong))
    sys.exit(bool(wrong))


main()
