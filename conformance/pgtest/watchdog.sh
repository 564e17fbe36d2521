# Ends what a test process leaves when it dies without cleaning up. It waits for
# the end of its standard input, a pipe whose other end only that process holds.
#
# Lines tell what there is to end: "SIGNAL PID" is the process to stop, "none"
# that there is none any more, "done" that all is clean.
#
# $1: the folder to remove, or empty; $2: psql to drop the databases whose names
# start with $3, on the server that libpq's environment variables name, or empty.
trap '' HUP INT QUIT TERM PIPE
folder=$1 psql=$2 prefix=$3
signal= pid=
while read -r word arg; do
	case $word in
	done) exit 0 ;;
	none) signal= pid= ;;
	*) signal=$word pid=$arg ;;
	esac
done

if [ -n "$pid" ] && kill -s "$signal" "$pid" 2>/dev/null; then
	tries=0
	while [ "$tries" -lt 150 ] && kill -0 "$pid" 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -ne 100 ] || kill -s KILL "$pid"
		sleep 0.1
	done
fi
if [ -n "$psql" ]; then
	echo "SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', datname)
		FROM pg_database WHERE starts_with(datname, '$prefix') \\gexec" | "$psql" -X -q -w
fi
if [ -n "$folder" ]; then
	# Once more for files that a dying server made in between.
	rm -rf -- "$folder" || { sleep 1 && rm -rf -- "$folder"; }
fi
