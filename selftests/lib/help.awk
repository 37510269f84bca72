# SPDX-License-Identifier: GPL-2.0
#
# The targets of a makefile: lines "target: ... ## what it does", under
# headings "## heading".

/^## / {
	print (NR > 1 ? "\n" : "") toupper(substr($0, 4, 1)) substr($0, 5) ":"
}
/^[a-z][a-z-]*:.*## / {
	target = $1
	sub(/:.*/, "", target)
	sub(/.*## /, "")
	printf "  make %-16s %s\n", target, $0
}
