#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Makes the bash completion from the command table of the tool itself.
#   generate.sh GPUVIRT > completion
set -eu

words=$("$1" help words)
table=$(printf '%s\n' "$words" | sed "s/^/	/")
objects=$(printf '%s\n' "$words" | cut -d' ' -f1 | uniq | tr '\n' ' ')

cat <<END
# SPDX-License-Identifier: GPL-2.0
# bash completion for gpuvirt; made from its command table, do not edit

# OBJECT COMMAND <PLACE>... FLAG KEYWORD=VALUE...
_gpuvirt_table='
$table
'
_gpuvirt_objects='${objects}help'
END
cat <<'END'

_gpuvirt_gpus()
{
	gpuvirt "$1" show 2>/dev/null |
		sed -n 's/^\([0-9a-f]*:[0-9a-f]*:[0-9a-f]*\.[0-7]\).*/\1/p'
}

# The words a value can be; DIR for a directory.
_gpuvirt_value()
{
	case $1 in
	ADDRESS)
		_gpuvirt_gpus gpu
		;;
	VF)
		_gpuvirt_gpus vf
		;;
	'ADDRESS|all')
		_gpuvirt_gpus sim
		echo all
		;;
	UUID)
		gpuvirt vgpu show 2>/dev/null |
			sed -n 's/^\([0-9a-f-]\{36\}\) .*/\1/p'
		;;
	TYPE)
		gpuvirt type show 2>/dev/null |
			sed -n 's/^[0-9a-f:.]* \([^ ]*\) .*/\1/p' | sort -u
		;;
	DIR)
		echo DIR
		;;
	*'|'*)
		echo "$1" | tr '|' ' '
		;;
	esac
}

_gpuvirt_commands()
{
	awk -v object="$1" '$1 == object && $2 != "-" { print $2 }' \
		<<< "$_gpuvirt_table"
}

# The arguments of the command that fit at the cursor; "$@" are those before.
_gpuvirt_arguments()
{
	local object=$1 verb=$2 line arg place='' used=' ' last=''
	local -a places=()
	local dashes=

	[[ $cur != -* ]] || dashes=--
	shift 2
	line=$(awk -v o="$object" -v v="$verb" '$1 == o && $2 == v' \
		<<< "$_gpuvirt_table")
	set -f
	# shellcheck disable=SC2086 # the table's line is words
	set -- "$@" -- $line
	set +f
	for arg; do
		shift
		[[ $arg == -- ]] && break
		arg=${arg#--}
		if [[ $last ]]; then
			last=
		elif [[ " $line " == *" $arg="* ]]; then
			last=${line#* "$arg"=}
			last=${last%% *}
			used+="$arg "
		elif [[ " $line " == *" $arg "* && $arg != "$object" ]]; then
			used+="$arg "
		else
			places+=("$arg")
		fi
	done
	if [[ $last ]]; then
		_gpuvirt_value "$last"
		return
	fi
	shift 2
	local at=0
	for arg; do
		if [[ $arg == '<'*'>' ]]; then
			if (( at++ == ${#places[@]} )); then
				place=${arg#<}
				_gpuvirt_value "${place%>}"
			fi
		elif [[ $arg == '<'*'>...' ]]; then
			place=${arg#<}
			_gpuvirt_value "${place%>...}"
		elif [[ $used != *" ${arg%%=*} "* ]]; then
			echo "$dashes${arg%%=*}"
		fi
	done
}

_gpuvirt()
{
	local cur prev words cword i object='' verb='' list='' word
	local -a before=() all=()

	_init_completion -n := || return
	for (( i = 1; i < cword; i++ )); do
		case ${words[i]} in
		-b | --batch)
			(( i++ ))
			;;
		-*)
			[[ $object ]] && before+=("${words[i]}")
			;;
		*)
			if [[ ! $object ]]; then
				object=${words[i]}
			else
				before+=("${words[i]}")
			fi
			;;
		esac
	done
	if [[ $prev == -b || $prev == --batch ]]; then
		_filedir
		return
	fi
	if [[ ! $object ]]; then
		list="$_gpuvirt_objects"
		[[ $cur == -* ]] && list='-j --json -p --pretty -b --batch
			-f --force -V --version -h --help'
	elif [[ $object == help ]]; then
		case ${#before[@]} in
		0)
			list=${_gpuvirt_objects% help}
			;;
		1)
			list=$(_gpuvirt_commands "${before[0]}")
			;;
		esac
	elif [[ ! $(_gpuvirt_commands "$object") ]]; then
		list=$(_gpuvirt_arguments "$object" - "${before[@]}")
		(( ${#before[@]} )) || list+=' help'
	elif (( ! ${#before[@]} )); then
		list="$(_gpuvirt_commands "$object") help"
	elif [[ ${before[0]} == help ]]; then
		(( ${#before[@]} == 1 )) && list=$(_gpuvirt_commands "$object")
	else
		verb=${before[0]}
		list=$(_gpuvirt_arguments "$object" "$verb" "${before[@]:1}")
	fi
	# Not by compgen -W, which expands the words like the shell does.
	read -r -d '' -a all <<< "$list"
	COMPREPLY=()
	for word in "${all[@]}"; do
		if [[ $word == DIR ]]; then
			_filedir -d
		elif [[ $word == "$cur"* ]]; then
			COMPREPLY+=("$word")
		fi
	done
	__ltrim_colon_completions "$cur"
}

complete -F _gpuvirt gpuvirt
END
