#!/bin/sh
# Codelearn: keeps what an assistant's hook was told as one file in the spool, and leaves.
# It decides nothing for the assistant and never fails: whatever goes wrong here, the assistant goes on.
# usage: hook.sh ASSISTANT [EVENT] < payload

# Filled in when hooks are installed; looked for where it is empty.
spool=''
# Longer payloads are cut. The reader sets such a file aside; the assistant's transcript tells the turn all the same.
limit=16777216

exec 2>/dev/null
trap '' PIPE
# Whatever the shell itself stumbles over: 2 would stop the assistant.
trap 'exit 0' EXIT
umask 077

answer() {
	case $1:$2 in
	cursor*:before* | cursor*:pre*) printf '{}' ;;
	cline:*) printf '{"cancel":false}' ;;
	esac
}

find_spool() {
	[ -z "$spool" ] || return 0
	if [ -n "$CODELEARN_HOME" ]; then
		spool=$CODELEARN_HOME/spool
	elif [ "$(uname)" = Darwin ]; then
		spool="$HOME/Library/Application Support/codelearn/spool"
	else
		spool=${XDG_DATA_HOME:-$HOME/.local/share}/codelearn/spool
	fi
}

# Nanoseconds where `date` knows them, else seconds: the names of files are in order of time.
set_time() {
	time=$(date +%s%N)
	case $time in
	*[!0-9]*) time=${time%%[!0-9]*}000000000 ;;
	??????????) time=${time}000000000 ;;
	esac
}

# A folder that would need escaping in JSON is left out: most payloads name it themselves.
set_cwd() {
	case $PWD in
	*[\"\\]* | *[[:cntrl:]]*) cwd='' ;;
	*) cwd=$PWD ;;
	esac
}

# Nothing is kept where nobody has read the spool for a week: Codelearn is gone, or nobody uses it.
is_read() {
	read -r seen <"$spool/.read" || return 1
	case $seen in
	'' | *[!0-9]*) return 1 ;;
	esac
	[ "$((${time%?????????} - seen))" -lt 691200 ]
}

record() {
	[ -w "$spool" ] || return 1
	# The editor's extension brings this hook along, so it waits until somebody was asked.
	case $1 in
	vscode-copilot | cursor-plugin) [ -d "${spool%/spool}/state/capture" ] || return 1 ;;
	esac
	set_time
	is_read || return 1
	set_cwd
	name=$time-$$-$PPID
	# Hidden until it is whole; two programs never write one file.
	set -C
	{
		printf '{"assistant":"%s","event":"%s","at":"%s","cwd":"%s","payload":[' "$1" "$2" "$time" "$cwd" &&
			head -c "$limit" &&
			printf ']}\n'
	} >"$spool/.$name" && mv "$spool/.$name" "$spool/$name.json" && return 0
	rm -f "$spool/.$name"
	return 1
}

answer "$1" "$2"
find_spool
# What is left unread would break the assistant's pipe.
record "$1" "$2" && exec cat >/dev/null
cat >/dev/null
exit 0
