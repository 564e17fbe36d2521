# This script cleans up after a test process that died without doing so itself.
# It waits for the end of its standard input, a pipe whose other end only that
# process holds.
#
# Each line of the input changes what there is to do: "SIGNAL PID START" sets the
# process to stop and its start time, "none" means that there is no process to
# stop, "done" that there is nothing to clean up.
#
# $1 is the run's folder, or empty. It is removed after the server's folder in it.
#
# $2 is the server's folder, or empty. It is removed with everything in it, by a
# watchdog that has only the rights of the server's user.
#
# $3 is psql, or empty. It drops the databases whose names start with $4, on the
# server that libpq's environment variables name.
trap '' HUP INT QUIT TERM PIPE
run=$1 server=$2 psql=$3 prefix=$4
signal= pid= start=
while read -r word number time; do
	case $word in
	done) exit 0 ;;
	none) pid= ;;
	*) signal=$word pid=$number start=$time ;;
	esac
done

# started prints when process $1 started, in the format of startTime in Go. It
# prints nothing if there is no such process or it is a zombie.
started() {
	if [ "$(uname)" != Linux ]; then
		echo $(ps -o lstart= -p "$1")
	elif read -r stat <"/proc/$1/stat"; then
		set -- ${stat##*) } # the fields after the name, which may contain anything
		[ "$1" = Z ] || echo "${20}"
	fi
}

# lives reports whether the process still exists. Another process may have its
# process id.
lives() {
	[ -n "$start" ] && [ "$(started "$pid")" = "$start" ]
}

if [ -n "$pid" ] && lives && kill -s "$signal" "$pid"; then
	tries=0
	while [ "$tries" -lt 150 ] && lives; do
		tries=$((tries + 1))
		[ "$tries" -ne 100 ] || kill -s KILL "$pid"
		sleep 0.1
	done
fi
if [ -n "$psql" ]; then
	echo "SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', datname)
		FROM pg_database WHERE starts_with(datname, '$prefix') \\gexec" | "$psql" -X -q -w
fi
if [ -n "$server" ]; then
	# A second time for files that a dying server created in between.
	rm -rf -- "$server" || { sleep 1 && rm -rf -- "$server"; }
fi
if [ -n "$run" ]; then
	tries=0
	while [ -d "$run/server" ] && ! rmdir -- "$run/server" && [ "$tries" -lt 300 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	[ -d "$run/server" ] || { rm -f -- "$run/lock" "$run/log" "$run/config" && rmdir -- "$run"; }
fi
