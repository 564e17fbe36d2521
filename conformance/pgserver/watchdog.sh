# Ends what a test process leaves when it dies without cleaning up. It waits for
# the end of its standard input, a pipe whose other end only that process holds.
#
# Lines tell what there is to end: "SIGNAL PID START" is the process to stop,
# with the time of its start, "none" that there is none any more, "done" that all
# is clean.
#
# $1: the run's folder, or empty: it is removed once the server's folder in it
# is; $2: the server's folder, or empty: it is removed with all that is in it, by
# a watchdog that has the rights of the server's user and no others; $3: psql to
# drop the databases whose names start with $4, on the server that libpq's
# environment variables name, or empty.
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

# started prints when the process with the number $1 started, as startTime in Go
# does; nothing if there is none, or it has ended and nobody has waited for it.
started() {
	if [ "$(uname)" != Linux ]; then
		echo $(ps -o lstart= -p "$1")
	elif read -r stat <"/proc/$1/stat"; then
		set -- ${stat##*) } # what follows the name, which may hold anything
		[ "$1" = Z ] || echo "${20}"
	fi
}

# lives tells whether the process is there. Another may have got its number.
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
	# Once more for files that a dying server made in between.
	rm -rf -- "$server" || { sleep 1 && rm -rf -- "$server"; }
fi
if [ -n "$run" ]; then
	tries=0
	while [ -d "$run/server" ] && ! rmdir -- "$run/server" && [ "$tries" -lt 300 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	[ -d "$run/server" ] || { rm -f -- "$run/lock" "$run/log" && rmdir -- "$run"; }
fi
