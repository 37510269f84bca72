#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Take packages of any Debian suite from the mirror that this machine's apt is
# set up with, without installing them and without touching the machine's apt.
#
# usage: apt.sh SUITE names PREFIX          package names that start so
#        apt.sh SUITE depends PACKAGE       names of what it depends on
#        apt.sh SUITE version PACKAGE       its version
#        apt.sh SUITE extract DIR PACKAGE...  download and unpack into DIR
#        apt.sh SUITE closure PACKAGE...    names of all that these need, too
#
# SUITE may be several, SUITE,SUITE..., of which the first is preferred.

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

[ $# -ge 3 ] || die "usage: apt.sh SUITE names|depends|version|extract|closure ARG..."
suite=$1
first=${suite%%,*}
verb=$2
shift 2
root=$cache/apt/$suite
max_age_min=720

# The URI of the archive that holds suite $1: that of the first Debian suite of
# the machine's own sources, or of its security suite.
mirror()
{
	apt-get indextargets --format '$(RELEASE) $(REPO_URI)' \
		'Identifier: Packages' 2>/dev/null |
	awk -v suite="$1" '
		function debian(s) {
			sub(/-(updates|backports)$/, "", s)
			return s ~ /^(bookworm|trixie|forky|sid|unstable)$/ ||
			       s ~ /^(oldstable|stable|testing)$/
		}
		$1 ~ /-security$/ && sec == "" { sec = $2 }
		debian($1) && main == "" { main = $2 }
		END {
			if (suite !~ /-security$/) {
				print main
			} else if (sec != "") {
				print sec
			} else if (main != "") {
				sub(/\/$/, "", main)
				print main "-security/"
			}
		}'
}

write_config()
{
	keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	opt=arch=amd64
	[ ! -e "$keyring" ] || opt="$opt signed-by=$keyring"

	mkdir -p "$root/state/lists/partial" "$root/cache/archives/partial"
	: >"$root/state/status"
	: >"$root/sources.list"
	for one in $(echo "$suite" | tr , ' '); do
		uri=$(mirror "$one")
		[ -n "$uri" ] ||
			die "this machine's apt has no Debian suite: add one to /etc/apt/sources.list"
		echo "deb [$opt] $uri $one main" >>"$root/sources.list"
	done
	# Hooks of the machine's own configuration would work on its own cache.
	cat >"$root/apt.conf" <<-END
	#clear APT::Update::Pre-Invoke;
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	#clear APT::Default-Release;
	#clear Acquire::IndexTargets::deb::DEP-11;
	Dir::State "$root/state";
	Dir::State::status "$root/state/status";
	Dir::Cache "$root/cache";
	Dir::Cache::pkgcache "pkgcache.bin";
	Dir::Cache::srcpkgcache "srcpkgcache.bin";
	Dir::Etc::SourceList "$root/sources.list";
	Dir::Etc::SourceParts "/dev/null";
	Dir::Etc::Preferences "/dev/null";
	Dir::Etc::PreferencesParts "/dev/null";
	APT::Architecture "amd64";
	APT::Sandbox::User "root";
	Acquire::Languages "none";
	Acquire::Retries "3";
	END
}

apt_get()
{
	apt-get -c "$root/apt.conf" -q "$@"
}

# As apt_get, where one suite of several is preferred.
apt_get_first()
{
	case $suite in
	*,*)	set -- -t "$first" "$@" ;;
	esac
	apt_get "$@"
}

apt_cache()
{
	apt-cache -c "$root/apt.conf" "$@"
}

update()
{
	if [ -e "$root/updated" ] &&
	   [ -z "$(find "$root/updated" -mmin "+$max_age_min")" ]; then
		return
	fi
	write_config
	if apt_get update >"$root/log" 2>&1 &&
	   ! grep -q '^\(W\|E\|Err\)[: ].*fetch' "$root/log"; then
		touch "$root/updated"
	elif grep -q '404  *Not Found\|does not have a Release file' "$root/log"; then
		skip "the mirror has no suite $suite"
	elif [ -e "$root/updated" ]; then
		say "$suite can't be refreshed, using what was known before"
	else
		cat "$root/log" >&2
		die "the package list of $suite can't be fetched: is the network there?"
	fi
}

# dpkg-deb -x would replace the lib link that we lay out by a directory.
extract()
{
	dir=$1
	shift
	rm -rf "$root/debs"
	mkdir -p "$dir" "$root/debs"
	(cd "$root/debs" && apt_get_first download "$@") >"$root/log" 2>&1 || {
		cat "$root/log" >&2
		die "$* can't be downloaded from $suite"
	}
	for deb in "$root"/debs/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x --no-same-owner --keep-directory-symlink -C "$dir"
	done
	rm -rf "$root/debs"
}

# What an installation on a machine that has nothing would bring.
closure()
{
	apt_get_first -s install --no-install-recommends "$@" >"$root/closure" \
		2>"$root/log" || {
		cat "$root/log" >&2
		die "what $* needs is not in $suite"
	}
	sed -n 's/^Inst \([^ ]*\) .*/\1/p' "$root/closure"
}

lock_cache "apt-$suite"
update
case $verb in
names)
	apt_cache pkgnames "$1"
	;;
depends)
	apt_cache depends --important "$1" |
		sed -n 's/^ *|\{0,1\}Depends: \([^<].*\)$/\1/p'
	;;
version)
	apt_cache show --no-all-versions "$1" | sed -n 's/^Version: //p' |
		head -n 1
	;;
extract)
	extract "$@"
	;;
closure)
	closure "$@"
	;;
*)
	die "no such verb: $verb"
	;;
esac
