# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion, as bash would do it, offers each word of the command table.

BC=/usr/share/bash-completion/bash_completion

# complete WORD...: what can come for the last, in the file got
complete_words()
{
	[ -r $BC ] || skip "no bash-completion"
	PATH=$PWD/bin:$PATH bash --norc -c '
		. "$1"; . "$2"; shift 2
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
		COMP_TYPE=9 COMP_KEY=9
		_gpuvirt
		printf "%s\n" "${COMPREPLY[@]}"
	' - $BC "$BUILD/completion/gpuvirt" "$@" | sed 's/ *$//' | sort > got
}

offers()
{
	printf '%s\n' $1 | sort > want
	shift
	complete_words gpuvirt "$@"
	same got want
}

t_completion_is_up_to_date()
{
	"$TOOLS/completion/generate.sh" "$BUILD/gpuvirt" > now
	same "$BUILD/completion/gpuvirt" now
	bash -n now
}

t_completion_words()
{
	local object verb rest word words

	objects=$(words | cut -d' ' -f1 | uniq)
	offers "$objects help" ""
	offers "-j --json -p --pretty -b --batch -f --force -V --version -h --help" -
	words > table
	for object in $objects; do
		words=$(awk -v o="$object" '$1 == o && $2 != "-" { print $2 }' table)
		offers "${words:-config runtime} help" "$object" ""
	done
	while read -r object verb rest; do
		[ "$verb" != - ] || continue
		words='' places=()
		for word in $rest; do
			case $word in
			'<'*) places+=(place) ;;
			*) words="$words ${word%%=*}" ;;
			esac
		done
		offers "$words" "$object" "$verb" "${places[@]}" ""
	done < table
}

t_completion_values()
{
	offers "on off" gpu set $GPU drain ""
	offers "A B C Q" type new $GPU 8q framebuffer 8G series ""
	offers "config runtime help" -j monitor ""
	offers "show set" help gpu ""
	offers "drain if-generation" gpu set $GPU backing-limit 1G ""
	offers "" gpu set $GPU backing-limit ""
	offers "--drain --backing-limit --if-generation" gpu set $GPU --
	offers "on off" gpu set $GPU --drain ""
	offers "backing-limit if-generation" gpu set $GPU --drain on ""
}

t_completion_objects_of_the_host()
{
	mkdir bin
	cat > bin/gpuvirt <<-END
		#!/bin/sh
		case "\$1 \$2" in
		"gpu show") echo "$GPU  NVIDIA GA100"; echo "    vram 1 GiB" ;;
		"vf show") echo "0000:65:00.1  gpu $GPU"; echo "    driver none" ;;
		"sim show") echo "$SIM  L40S" ;;
		"type show") echo "$SIM 2q  framebuffer 2 GiB"; echo "    series Q" ;;
		"vgpu show") echo "$UUID  gpu $SIM"; echo "    device /dev/vfio/3" ;;
		esac
	END
	chmod +x bin/gpuvirt
	offers "$GPU" gpu show ""
	offers "$SIM all if-generation timeout no-wait" sim del ""
	offers "2q" vgpu new $SIM "2"
	offers "2q if-generation" type del $SIM ""
	offers "$UUID force timeout if-generation" vgpu del ""
	offers "$GPU" vgpu show gpu ""
	offers "0000:65:00.1 gpu" vf show ""
	offers "0000:65:00.1 gpu serial timeout no-wait" vf reset ""
	offers "$GPU" vf reset gpu ""
	offers "$GPU if-generation timeout no-wait" vf disable ""
}

# Whoever has made the directory has given it its name.
t_completion_of_directories()
{
	mkdir -p 'cap one' 'cap$(touch called)' 'cap`touch called`' other
	complete_words gpuvirt iommu capture cap 2> err
	printf '%s\n' 'cap one' 'cap$(touch called)' 'cap`touch called`' |
		sort > want
	same got want
	complete_words gpuvirt iommu explain root cap 2> err
	same got want
	[ ! -e called ] || die "the name of a directory was run"
}

# Built for another machine, the program can't be run here.
t_completion_of_host()
{
	make -s -C "$TOOLS" O="$PWD/other" HOST_GPUVIRT="$BUILD/gpuvirt" \
		"$PWD/other/completion/gpuvirt" > made 2>&1 || die "$(cat made)"
	[ ! -e other/gpuvirt ] || die "it was built to be run"
	same other/completion/gpuvirt "$BUILD/completion/gpuvirt"
}

# Libraries that are loaded later are named for who makes packages.
t_completion_dlopen_note()
{
	command -v readelf > /dev/null || skip "readelf is not installed"
	readelf -nW "$BUILD/gpuvirt" > note || : # an older one does not know it
	has note FDO
	has note 0x407c0c0a
	readelf -p .note.dlopen "$BUILD/gpuvirt" > note
	has note '"soname":["libkmod.so.2"]'
	has note '"soname":["libpci.so.3"]'
	strings -a "$BUILD/gpuvirt" | grep -o '^\[{.*}\]$' | grep kmod > out
	json 'd[0]["priority"]' required
}
