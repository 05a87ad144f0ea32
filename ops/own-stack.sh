# Sourced with a NAME: servers of its own for one long job, so that `make stack` and other checkouts are left alone.
# Sets STACK_DIR and STACK_PORT_BASE, forgets the servers that the environment names, and lets one job of that
# name run at a time. The ports follow from checkout and name.
mkdir -p "var/$1"
exec 9>"var/$1/lock"
flock --nonblock 9 || { echo "Another make $1 runs in this checkout." >&2; exit 1; }
unset DATABASE_URL KAFKA_BOOTSTRAP_SERVERS KAFKA_TOPIC MONGODB_URI REDIS_URL
export STACK_DIR="$PWD/var/$1/stack"
export STACK_PORT_BASE=$((20000 + $(printf %s "$PWD $1" | cksum | cut -d' ' -f1) % 400 * 10))
