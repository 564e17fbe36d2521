package pgdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tasktwin/tasktwin"
)

// defaultRollbackTimeout is that of Options.
const defaultRollbackTimeout = 5 * time.Second

// Options configures Open and NewWithOptions. The zero value is ready to use.
type Options struct {
	// MaxConns is the maximum number of connections of the pool. 0 means
	// pool_max_conns of the URL, or pgxpool's default.
	MaxConns int32
	// Tracer traces every statement, unless it is nil.
	Tracer pgx.QueryTracer
	// ReadURL is a URL, or keywords and values, of a replica, or of several hosts that
	// are replicas, such as with target_session_attrs=standby. It is a hot standby that
	// replicates the primary by streaming or from an archive. A replica answers, outside
	// of transactions,
	//
	//   - the methods of [tasktwin.Querier] that return slices, such as ListTasks and
	//     GetTelemetryTaskEvents, Dump, and AllTasks;
	//   - all reads under a context of [tasktwin.WithReplica].
	//
	// Under a context of [tasktwin.WithPrimary], and in InTx, it answers nothing. So a
	// list may miss, for as long as MaxLag, what was committed last, also by the same
	// caller, and a later list may miss what an earlier one has shown. A list that must
	// have what its caller has written needs WithPrimary or a transaction.
	//
	// A read whose replica is not within MaxLag, cannot be reached or fails is answered
	// by the primary, and so needs the primary. A replica that cannot be reached delays a
	// read by up to a second, once in a while: give the URL a connect_timeout, and look
	// at [DB.ReplicaStats]. MaxConns and Tracer are for the replica's connections, too.
	ReadURL string
	// ReadPool is a pool of connections to replicas, in place of ReadURL. The caller keeps
	// its ownership.
	ReadPool *pgxpool.Pool
	// MaxLag is how far a replica may lag behind. It must be positive if there is one.
	// The store asks the primary how much it has written and the replica's server whether
	// it has replayed that: once per connection and MaxLag. Commits with
	// synchronous_commit=off may be missing for as long as they are not written, too.
	MaxLag time.Duration
	// RollbackTimeout limits the time of a rollback, including that to a savepoint.
	// InTx rolls back even if its context is done, so it may return that much after
	// the context's deadline if the server does not answer. When the time is over, the
	// connection is closed: the server rolls back as soon as it notices, and holds the
	// transaction's locks until then. It also limits the time of a request to the
	// server to cancel a statement, which ends what waits. 0 means 5 seconds.
	RollbackTimeout time.Duration
}

// DB is a store on PostgreSQL. It is safe for concurrent use. Its queries are
// documented at [tasktwin.Querier].
//
// A call on a DB inside the function of its own InTx is another session, with another
// connection. On the function's goroutine it returns [tasktwin.ErrStoreInTx]
//
//   - at once, if the transactions whose functions run on this goroutine have all
//     connections of the pool;
//   - if it waits for what one of these transactions has locked, itself or through others
//     that wait. From 50 ms after the call's beginning on, and then at intervals of up to
//     a second, it asks the server for whom it waits, on another connection of the pool.
//     So the pool needs one more than these transactions and the call have. The statement
//     is cancelled; in a transaction inside the function, it has failed. Behind a pooler
//     such as PgBouncer the server's processes cannot be told apart, and nothing is found.
//
// Other calls that wait for their own transaction wait until their context ends: those
// on another goroutine, and those for a connection while transactions of several
// goroutines have used up the pool. Give such calls a deadline, or make them on the
// Store that the function receives.
type DB struct {
	queries
	pool *pgxpool.Pool
	// owned says that Close closes the pool.
	owned           bool
	rollbackTimeout time.Duration
	ownTx           ownTx
	replica         *replica // or nil
	// encodingChecked says that the encodings of the pool's connections have been
	// checked.
	encodingChecked atomic.Bool
	// onClose has a function run in a goroutine of its own when the store is closed,
	// unless stop is called before. endWaits runs them.
	onClose  func(func()) (stop func() bool)
	endWaits context.CancelFunc

	mu     sync.Mutex
	closed bool
	users  int // calls in progress
}

var (
	_ tasktwin.Store         = (*DB)(nil)
	_ tasktwin.Dumper        = (*DB)(nil)
	_ tasktwin.Loader        = (*DB)(nil)
	_ tasktwin.TaskIterator  = (*DB)(nil)
	_ tasktwin.BatchInserter = (*DB)(nil)
)

// Open connects to the database at url, which is a URL or keywords and values:
// see [ParseConfig]. It returns an error, which contains no password, if the
// database does not answer, and one that wraps [ErrRefused] if the database's
// encoding is SQL_ASCII. Close closes the connections.
func Open(ctx context.Context, url string, opts Options) (*DB, error) {
	config, err := ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("pgdb: Open: %w", err)
	}
	if opts.MaxConns < 0 {
		return nil, fmt.Errorf("pgdb: Open: Options.MaxConns is %d: it must not be negative", opts.MaxConns)
	}
	if opts.MaxConns > 0 {
		config.MaxConns = opts.MaxConns
	}
	if err := opts.validateTimeouts(); err != nil {
		return nil, fmt.Errorf("pgdb: Open: %w", err)
	}
	config.ConnConfig.Tracer = opts.Tracer
	replica, err := newReplica(ctx, opts)
	if err != nil {
		return nil, fmt.Errorf("pgdb: Open: %w", err)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		replica.close()
		return nil, fmt.Errorf("pgdb: Open: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		replica.close()
		return nil, fmt.Errorf("pgdb: Open: %w", noConnection(ctx, config.ConnConfig, err))
	}
	db := newDB(pool, opts)
	db.owned, db.replica = true, replica
	if err := db.withConn(ctx, func(*pgxpool.Conn, []*session) error { return nil }); err != nil {
		db.closePool()
		return nil, fmt.Errorf("pgdb: Open: %w", err)
	}
	return db, nil
}

// New returns a store on a pool. The caller keeps the ownership of the pool:
// Close does not close it. The connections must have the client_encoding UTF8,
// like those of [ParseConfig]. With another one, or if the database's encoding is
// SQL_ASCII, every call returns an error that wraps [ErrRefused].
func New(pool *pgxpool.Pool) *DB { return newDB(pool, Options{}) }

// NewWithOptions is New with options. MaxConns and Tracer belong to the pool, and ReadURL
// has ReadPool in its place: it returns an error if they are set.
func NewWithOptions(pool *pgxpool.Pool, opts Options) (*DB, error) {
	if opts.MaxConns != 0 || opts.Tracer != nil {
		return nil, errors.New("pgdb: NewWithOptions: Options.MaxConns and Options.Tracer must be set in the configuration of the pool")
	}
	if opts.ReadURL != "" {
		return nil, errors.New("pgdb: NewWithOptions: Options.ReadURL is set: give a pool as Options.ReadPool")
	}
	if err := opts.validateTimeouts(); err != nil {
		return nil, fmt.Errorf("pgdb: NewWithOptions: %w", err)
	}
	replica, err := newReplica(context.Background(), opts)
	if err != nil {
		return nil, fmt.Errorf("pgdb: NewWithOptions: %w", err)
	}
	db := newDB(pool, opts)
	db.replica = replica
	return db, nil
}

func newDB(pool *pgxpool.Pool, opts Options) *DB {
	db := &DB{pool: pool, rollbackTimeout: cmp.Or(opts.RollbackTimeout, defaultRollbackTimeout)}
	closing, cancel := context.WithCancel(context.Background())
	db.onClose = func(f func()) func() bool { return context.AfterFunc(closing, f) }
	db.endWaits = cancel
	db.ownTx.conns = int(pool.Config().MaxConns)
	db.queries = queries{db}
	return db
}

func (o Options) validateTimeouts() error {
	if o.RollbackTimeout < 0 {
		return fmt.Errorf("Options.RollbackTimeout is %s: it must not be negative", o.RollbackTimeout)
	}
	return nil
}

// Pool returns the pool that the store uses.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Ping returns an error if the database does not answer.
func (db *DB) Ping(ctx context.Context) error {
	return db.call(ctx, func(conn *pgxpool.Conn) error { return conn.Ping(ctx) })
}

// ServerVersion returns the server's major version.
func (db *DB) ServerVersion(ctx context.Context) (int, error) {
	var num int
	err := db.call(ctx, func(conn *pgxpool.Conn) error {
		return conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&num)
	})
	return num / 10000, err
}

// Close closes the store and returns at once, also inside a transaction of it. It ends
// the calls in progress. Those that wait for a connection return ErrClosed. For a
// statement that the server has not answered, such as one that waits for another
// session's lock, Close asks the server to cancel it: if the server does, the call
// returns ErrClosed and has done nothing, else it returns its result. If the server does
// not answer, the call ends with its context. A COMMIT or a rollback that is under way is
// not cancelled. Transactions fail with ErrClosed at their next statement or at their
// commit, and are rolled back.
//
// When the last call has ended, the connections are closed, unless the caller owns the
// pool. Such a pool stays open, and has the connections of these calls back. To close a
// pool of its own, Close waits for connections that were taken from [DB.Pool], which must
// be released first.
func (db *DB) Close() error {
	db.mu.Lock()
	last := !db.closed && db.users == 0
	db.closed = true
	db.mu.Unlock()
	db.endWaits()
	if last {
		db.closePool()
	}
	return nil
}

func (db *DB) closePool() {
	if db.owned {
		db.pool.Close()
	}
	db.replica.close()
}

// enter registers a call. leave ends it.
func (db *DB) enter(ctx context.Context) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.closed {
		return tasktwin.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	db.users++
	return nil
}

// leave ends a call. The last call on a closed store closes the pool. Close
// cannot wait for that, because it may have been called inside a transaction.
func (db *DB) leave() {
	db.mu.Lock()
	db.users--
	last := db.closed && db.users == 0
	db.mu.Unlock()
	if last {
		db.closePool()
	}
}

// usable returns an error if a transaction cannot continue.
func (db *DB) usable(ctx context.Context) error {
	if db.isClosed() {
		return tasktwin.ErrClosed
	}
	return ctx.Err()
}

func (db *DB) isClosed() bool {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.closed
}

func (db *DB) runOn(ctx context.Context, a access, check func() error, fn func(conn) error) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.leave()
	if err := check(); err != nil {
		return err
	}
	run := func(conn *pgxpool.Conn, owners []*session) error {
		return db.statement(conn.Conn(), owners, func() error {
			once := func() error {
				return statementError(conn.Conn(), commits(a == writes), fn(conn))
			}
			err := once()
			if errors.Is(err, tasktwin.ErrSchemaChanged) {
				err = once() // the driver prepares the statement again
			}
			return err
		})
	}
	if a != writes {
		// What runs on a replica waits for no transaction of the primary.
		read := func(conn *pgxpool.Conn) error { return run(conn, nil) }
		if answered, err := db.onReplica(ctx, a == lists, read); answered {
			return err
		}
	}
	return db.withConn(ctx, run)
}

// call registers a call and runs it, a statement, with a connection.
func (db *DB) call(ctx context.Context, fn func(*pgxpool.Conn) error) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.leave()
	return db.withConn(ctx, func(conn *pgxpool.Conn, owners []*session) error {
		return db.statement(conn.Conn(), owners, func() error { return statementError(conn.Conn(), changesNothing, fn(conn)) })
	})
}

// withConn runs fn with a connection of the pool, and with the transactions whose
// functions run on this goroutine. It returns ErrStoreInTx if these have all connections.
// It releases the connection even if fn panics, unlike the methods of the pool.
func (db *DB) withConn(ctx context.Context, fn func(conn *pgxpool.Conn, owners []*session) error) error {
	owners := db.ownTx.here()
	if len(owners) >= db.ownTx.conns {
		return tasktwin.ErrStoreInTx
	}
	conn, err := db.acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	// Checking one connection is enough, because they all have the same settings.
	if !db.encodingChecked.Load() {
		if err := checkEncodings(conn.Conn().PgConn()); err != nil {
			return err
		}
		db.encodingChecked.Store(true)
	}
	return fn(conn, owners)
}

// acquire takes a connection from the pool. It returns ErrClosed if the store is closed
// while it waits for one.
func (db *DB) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	acquiring, cancel := context.WithCancel(ctx)
	defer cancel()
	defer db.onClose(cancel)()
	conn, err := db.pool.Acquire(acquiring)
	switch {
	case err == nil:
		return conn, nil
	case db.isClosed():
		return nil, tasktwin.ErrClosed
	default:
		return nil, noConnection(ctx, db.pool.Config().ConnConfig, err)
	}
}
