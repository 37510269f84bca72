# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Command lines that are right, wrong, or ask for help: exit status 2 and a
# sentence, before anything is sent.

wrong()
{
	local text=$1

	shift
	run "$@"
	status 2
	err_has "$text"
	log_is < /dev/null
	out_is < /dev/null
}

t_help_levels()
{
	run help
	status 0
	quiet
	for object in $(words | cut -d' ' -f1 | sort -u); do
		run help
		out_has "  $object "
		run help "$object"
		status 0
		cp out first
		run "$object" help
		status 0
		same out first
		words | grep "^$object " > lines
		while read -r _ verb rest; do
			[ "$verb" != - ] || continue
			run "$object" help "$verb"
			status 0
			out_has "usage: gpuvirt $object $verb"
			for word in $rest; do
				case $word in
				'<'*) ;;
				*) out_has "  ${word%%=*} " ;;
				esac
			done
		done < lines
	done
	log_is < /dev/null
}

t_help_wrong()
{
	wrong 'no object "gpus"' help gpus
	wrong 'no command "sho"' help gpu sho
	wrong 'no command "sho"' gpu help sho
	wrong 'an object and a command' help gpu show show
	wrong 'one argument too many' gpu help show show
}

t_options()
{
	run -V
	status 0
	out_is <<< "gpuvirt $(cat "$TOOLS/../VERSION")"
	run -h
	status 0
	out_has "usage: gpuvirt"
	run --help
	status 0
	wrong "option is not known" -x
	wrong "option is not known" --nothing
	wrong "lacks its value" -b
	wrong "-b FILE is missing" -f gpu show
	wrong "commands are in the file" -b script gpu show
}

t_exact_words()
{
	wrong 'no object "gp"' gp show
	wrong 'no object "GPU"' GPU show
	wrong 'no command "sh"' gpu sh
	wrong '"frame" is not an argument' type new $GPU t frame 1G
	wrong 'it knows framebuffer, series' type new $GPU t frame 1G
	wrong 'options go before the object' gpu show -j
	wrong 'options go before the object' gpu set $GPU --drains on
	wrong 'one argument too many' gpu show $GPU more
	wrong 'one argument too many' sim show more
}

t_values()
{
	wrong 'framebuffer: expected bytes, or a number with K, M, G or T' \
		type new $GPU t framebuffer 1X
	wrong 'got "-1"' type new $GPU t framebuffer -1
	wrong 'heads: expected a number' type new $GPU t framebuffer 1G heads 1x
	wrong 'heads: expected a number' type new $GPU t framebuffer 1G heads 4294967296
	wrong 'series: expected A, B, C or Q, got "q"' \
		type new $GPU t framebuffer 1G series q
	wrong 'resolution: expected a resolution' \
		type new $GPU t framebuffer 1G resolution 1920
	wrong 'GPU: expected a PCI address' type new 65-00.0 t framebuffer 1G
	wrong 'drain: expected on or off' gpu set $GPU drain yes
	wrong 'UUID: expected a UUID' vgpu del 1234
	wrong 'domain: expected a hexadecimal' sim add domain 1g
	wrong 'timeout: expected a number of seconds' sim add timeout 86401
	wrong 'expected a PCI address such as 1000:00:00.0, or all' sim del every
	wrong 'config|runtime: expected config or runtime' monitor all
	wrong 'if-generation: expected a generation' gpu set $GPU drain on if-generation 0
	wrong 'NAME: expected a name' type new $GPU "" framebuffer 1G
}

# As other tools write it. What is wrong stays wrong.
t_dashes()
{
	run gpu set --drain on $GPU --if-generation 3
	log_is <<< "gpu-set address=$GPU drain=1 generation=3"
	run type new $GPU 8q --framebuffer 1G --series q
	status 2
	err_has 'series: expected A, B, C or Q, got "q"'
	run iommu show --root nowhere
	status 1
	err_has nowhere
	wrong 'framebuffer needs a value' type new $GPU t --framebuffer
	wrong 'drain is given twice' gpu set $GPU --drain on drain off
	wrong 'options go before the object' gpu set $GPU ---drain on
	wrong 'options go before the object' gpu set $GPU -- on
	wrong 'options go before the object' type new --GPU $GPU 8q framebuffer 1G
}

t_missing()
{
	wrong 'missing: GPU, NAME, framebuffer' type new
	wrong 'missing: framebuffer' type new $GPU t
	wrong 'framebuffer needs a value' type new $GPU t framebuffer
	wrong 'drain is given twice' gpu set $GPU drain on drain off
	wrong 'no-wait is given twice' vgpu reset $UUID no-wait --no-wait
	wrong 'give what to set: backing-limit or drain' gpu set $GPU
	wrong 'give a UUID or gpu, not both' vgpu show $UUID gpu $GPU
	wrong 'force and timeout SECONDS go together' vgpu del $UUID force
	wrong 'force and timeout SECONDS go together' vgpu del $UUID timeout 3
	wrong 'if-generation is for one GPU' sim del all if-generation 3
}

t_hint_for_usage()
{
	run type new
	err_is <<-END
		gpuvirt: missing: GPU, NAME, framebuffer
		  \`gpuvirt help type new\` tells the arguments
	END
}

# A name may be spelled like a keyword, where a name is due.
t_name_like_keyword()
{
	script <<< "on type-new"
	run type new $GPU framebuffer framebuffer 1G
	status 0
	log_is <<< "type-new gpu=$GPU name=framebuffer framebuffer=1073741824"
}
