# SPDX-License-Identifier: GPL-2.0
"""tree.py DIR < TEXT: a machine for `gpuvirt iommu ... root DIR`.

Lines of the text:
  kernel RELEASE | cmdline WORD... | acpi TABLE | ir yes|no | unsafe
  group NUMBER [type=T] [regions=START-END:TYPE,...] [other=N]
  fn ADDRESS KIND [WORD...]
A KIND is root-port, upstream, downstream, endpoint, rc-end, pci-bridge (from
PCI Express to PCI), bridge (conventional) or pci (a conventional device).
Words of fn: up=ADDRESS group=N driver=NAME id=VENDOR:DEVICE class=HEX
acs=CAP:CTRL[:VECTOR] sriov=TOTAL:NUM ats serial mf (bit 7 of the header type)
vf=PF-ADDRESS iommu=NAME reset=METHOD,... size=BYTES (of config), none (no
config), set=OFFSET:HEX (bytes), owner=ADDRESS (of its root bus).
"""
import os
import struct
import sys

KINDS = {'root-port': (4, 1), 'upstream': (5, 1), 'downstream': (6, 1),
         'endpoint': (0, 0), 'rc-end': (9, 0), 'pci-bridge': (7, 1),
         'bridge': (None, 1), 'pci': (None, 0)}


def config(kind, opt):
    """The configuration space of a function."""
    pcie, header = KINDS[kind]
    space = bytearray(4096 if pcie is not None else 256)
    vendor, device = (int(x, 16) for x in opt['id'].split(':'))
    if 'vf' in opt:
        vendor = device = 0xffff
    struct.pack_into('<HHHH', space, 0, vendor, device, 0, 0x10)
    struct.pack_into('<I', space, 8, int(opt['class'], 16) << 8)
    space[14] = header | (0x80 if 'mf' in opt else 0)
    space[0x34] = 0x40
    # power management, vital product data, then PCI Express
    struct.pack_into('<BB', space, 0x40, 1, 0x50)
    struct.pack_into('<BBHI', space, 0x50, 3, 0x60 if pcie is not None else 0,
                     0x8000, 0x56504421)
    if pcie is None:
        return space
    struct.pack_into('<BBH', space, 0x60, 0x10, 0, pcie << 4 | 2)
    caps = [(1, b'\0' * 60)]
    if 'serial' in opt:
        caps.append((3, b'SERIALNO'))
    if 'acs' in opt:
        regs = [int(x, 16) for x in (opt['acs'] + ':0').split(':')][:3]
        caps.append((13, struct.pack('<HHI', *regs)))
    if 'sriov' in opt:
        total, num = (int(x) for x in opt['sriov'].split(':'))
        caps.append((16, struct.pack('<IHHHHHH44x', 0, 1 if num else 0, 0,
                                     total, total, num, 0)))
    if 'ats' in opt:
        caps.append((15, struct.pack('<HH', 0, 0x8000)))
    at = 0x100
    for i, (number, body) in enumerate(caps):
        end = at + 4 + len(body) + 3 & ~3
        following = end if i + 1 < len(caps) else 0
        struct.pack_into('<I', space, at, number | 1 << 16 | following << 20)
        space[at + 4:at + 4 + len(body)] = body
        at = end
    return space


def write(root, path, data):
    """A file below the root."""
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as file:
        file.write(data if isinstance(data, (bytes, bytearray))
                   else (data + '\n').encode())


def link(root, path, target):
    """A link below the root; what it leads to need not exist."""
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.symlink(target, path)


class Machine:
    """What the text says so far."""

    def __init__(self, root):
        self.root = root
        self.place = {}
        self.vectors = 'IO-APIC'

    def function(self, address, kind, *words):
        """A line fn."""
        opt = dict(w.split('=', 1) if '=' in w else (w, '') for w in words)
        bridge = KINDS[kind][1]
        opt.setdefault('id', '1234:1111')
        opt.setdefault('class', '060400' if bridge else '030000')
        if bridge:
            opt.setdefault('driver', 'pcieport')
        if 'group' in opt:
            opt.setdefault('iommu', 'dmar0')
        above = self.place.get(opt.get('up')) or \
            self.place.get(opt.get('owner'), 'sys/devices')
        if 'up' not in opt:
            above += f'/pci{address.rsplit(":", 1)[0]}'
        place = self.place[address] = f'{above}/{address}'
        os.makedirs(os.path.join(self.root, place))
        link(self.root, f'sys/bus/pci/devices/{address}',
             f'../../../../{place}')
        vendor, device = opt['id'].split(':')
        for name, value in (('vendor', vendor), ('device', device),
                            ('class', opt['class'])):
            write(self.root, f'{place}/{name}', f'0x{value}')
        space = config(kind, opt)
        for word in words:
            if word.startswith('set='):
                off, data = word[4:].split(':')
                data = bytes.fromhex(data)
                space[int(off, 16):int(off, 16) + len(data)] = data
        if 'none' not in opt:
            size = int(opt.get('size', len(space)))
            write(self.root, f'{place}/config', space[:size])
        for name, target in (('driver', '../../bus/pci/drivers/'),
                             ('iommu', '../../virtual/iommu/')):
            if opt.get(name):
                link(self.root, f'{place}/{name}', target + opt[name])
        if 'vf' in opt:
            link(self.root, f'{place}/physfn', f'../{opt["vf"]}')
        if 'reset' in opt:
            write(self.root, f'{place}/reset_method',
                  opt['reset'].replace(',', ' '))
        if 'group' in opt:
            link(self.root, f'{place}/iommu_group',
                 f'../../../kernel/iommu_groups/{opt["group"]}')
            link(self.root, 'sys/kernel/iommu_groups/'
                 f'{opt["group"]}/devices/{address}', '../../../../' + place)

    def group(self, number, *words):
        """A line group."""
        opt = dict(w.split('=', 1) for w in words)
        base = f'sys/kernel/iommu_groups/{number}'
        write(self.root, f'{base}/type', opt.get('type', 'DMA'))
        lines = [r.replace('-', ' ', 1).replace(':', ' ', 1)
                 for r in opt.get('regions', '').split(',') if r]
        write(self.root, f'{base}/reserved_regions', '\n'.join(lines))
        for i in range(int(opt.get('other', 0))):
            link(self.root, f'{base}/devices/other.{i}', '/nowhere')

    def line(self, words):
        """Any line."""
        if words[0] == 'fn':
            self.function(*words[1:])
        elif words[0] == 'group':
            self.group(*words[1:])
        elif words[0] == 'kernel':
            write(self.root, 'proc/sys/kernel/osrelease', words[1])
        elif words[0] == 'cmdline':
            write(self.root, 'proc/cmdline', ' '.join(words[1:]))
        elif words[0] == 'acpi':
            write(self.root, f'sys/firmware/acpi/tables/{words[1]}', '')
        elif words[0] == 'ir':
            self.vectors = 'IR-IO-APIC' if words[1] == 'yes' else 'IO-APIC'
        elif words[0] == 'unsafe':
            write(self.root, 'sys/module/vfio_iommu_type1/parameters/'
                  'allow_unsafe_interrupts', 'Y')
        else:
            sys.exit(f'tree.py: {words[0]}?')


def main():
    """Reads the text."""
    machine = Machine(sys.argv[1])
    os.makedirs(os.path.join(machine.root, 'sys/bus/pci/devices'))
    for line in sys.stdin:
        words = line.split('#')[0].split()
        if words:
            machine.line(words)
    write(machine.root, 'proc/interrupts',
          f'            CPU0\n   2:          0  {machine.vectors}   2-edge')


main()
