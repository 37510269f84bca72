# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The manual pages name every command, argument and option.

page()
{
	mandoc -T ascii "$TOOLS/man/$1.8" | sed "s/.$(printf '\b')//g"
}

t_man_lint()
{
	command -v mandoc > /dev/null || skip "no mandoc"
	for file in "$TOOLS"/man/*.8; do
		mandoc -T lint "$file"
	done 2>&1 | grep -v 'referenced manual not found\|mandoc.db' > lint || :
	[ ! -s lint ] || die "$(cat lint)"
}

t_man_words()
{
	local object verb rest word

	command -v mandoc > /dev/null || skip "no mandoc"
	words > table
	while read -r object verb rest; do
		page "gpuvirt-$object" > page
		has page "gpuvirt $object"
		[ "$verb" = - ] || grep -qE "^ +(gpuvirt .*)?$object $verb" page ||
			die "gpuvirt-$object(8) lacks $verb"
		for word in $rest; do
			case $word in
			'<'*) ;;
			*) grep -qE "^ +${word%%=*}( |\$)" page ||
				die "gpuvirt-$object(8) does not explain ${word%%=*} of $verb" ;;
			esac
		done
		page gpuvirt | grep -q "gpuvirt-$object(8)" ||
			die "gpuvirt(8) does not name gpuvirt-$object(8)"
	done < table
}

t_man_options()
{
	command -v mandoc > /dev/null || skip "no mandoc"
	page gpuvirt > page
	for option in -j -p -b -f -V -h --json --pretty --batch --force \
		--version --help; do
		has page "$option"
	done
}

t_man_sections()
{
	local section

	command -v mandoc > /dev/null || skip "no mandoc"
	for file in "$TOOLS"/man/*.8; do
		page "$(basename "$file" .8)" > page
		for section in NAME SYNOPSIS DESCRIPTION "EXIT STATUS" EXAMPLES \
			"SEE ALSO"; do
			grep -qx "$section" page || die "$file has no $section"
		done
	done
}

# Whose changes are operations, and of what events tell.
t_man_objects()
{
	local object

	command -v mandoc > /dev/null || skip "no mandoc"
	page gpuvirt-operation > page
	for object in $(words | sed -n 's/ .* no-wait\( .*\)\?$//p' | sort -u); do
		has page "gpuvirt-$object(8)"
	done
	page gpuvirt-monitor > page
	for object in GPU type vGPU VF; do
		has page "${object}s"
	done
}

# Each example is a command line that the parser takes.
t_man_examples()
{
	local line

	for file in "$TOOLS"/man/*.8; do
		sed -n 's/^\.Dl # gpuvirt //p' "$file" |
			sed 's/\\-/-/g; s/ | .*//; s/ > .*//; s/ &$//'
	done > examples
	[ "$(wc -l < examples)" -ge 14 ] || die "few examples"
	while read -r line; do
		script <<< no-family
		# shellcheck disable=SC2086 # words
		run $line
		[ "$rc" -ne 2 ] || die "gpuvirt $line: $(cat err)"
	done < examples
}
