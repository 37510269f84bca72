# SPDX-License-Identifier: GPL-2.0
# the name of a type has only characters that a file name may have
# file: kmod/type.c
# test: model
s/if (i && strchr("._+-", name\[i\]))/if (name[i])/
