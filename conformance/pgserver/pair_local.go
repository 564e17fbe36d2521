//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"syscall"
)

type pairServer = local

// pairSettings are those of both servers, besides the usual ones. max_wal_senders and
// max_connections must not be lower than what initdb has written into the data.
var pairSettings = []string{
	"wal_level=replica",
	"max_wal_senders=10",
	"wal_keep_size=256MB",
	"wal_retrieve_retry_interval=100ms",
	"synchronous_commit=on",
	"shared_buffers=32MB",
}

// StartPair starts a primary and a standby from an installed PostgreSQL, which is found
// as [Start] finds it, whatever TASKTWIN_POSTGRES and TASKTWIN_POSTGRES_URL say. Cleanup is
// that of other servers. The context applies to the start only. The error wraps
// [ErrNotFound] if no PostgreSQL is installed.
func StartPair(ctx context.Context) (_ *Pair, err error) {
	cfg, err := configFromEnv()
	if err != nil {
		return nil, err
	}
	cred, noUser := unprivileged()
	bin, err := findBinaries(ctx, cfg, cred)
	if missing, ok := errors.AsType[*absentError](err); ok {
		return nil, fmt.Errorf("%w: a pair of servers: %s", ErrNotFound, missing.reason)
	}
	if err := errors.Join(err, noUser); err != nil {
		return nil, fmt.Errorf("pgserver: a pair of servers: %w", err)
	}
	sweep()
	p := &Pair{restore: shield()}
	defer func() {
		if err != nil {
			err = fmt.Errorf("pgserver: a pair of servers: %w", errors.Join(err, p.stopStarted()))
			p.restore()
		}
	}()
	if p.primary, err = newLocal(bin, cred); err != nil {
		return nil, err
	}
	if p.standby, err = newLocal(bin, cred); err != nil {
		return nil, err
	}
	return p, p.start(ctx)
}

// start makes the data of both servers, and starts them.
func (p *Pair) start(ctx context.Context) error {
	if err := p.primary.initdb(ctx); err != nil {
		return err
	}
	if err := p.standby.copyData(ctx, p.primary); err != nil {
		return err
	}
	if err := p.primary.start(ctx, pairSettings...); err != nil {
		return err
	}
	from, err := url.Parse(p.PrimaryURL())
	if err != nil {
		return err
	}
	source := fmt.Sprintf("primary_conninfo=host='%s' port=5432 user=%s application_name=standby", from.Query().Get("host"), superuser)
	if err := p.standby.start(ctx, append([]string{source}, pairSettings...)...); err != nil {
		return err
	}
	conn, err := connect(ctx, p.PrimaryURL())
	if err != nil {
		return err
	}
	defer closeConn(conn)
	return until(ctx, conn, "SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'")
}

// copyData copies the data of a server that has not run yet, for a standby of it. Such a
// copy needs no backup, and none of the programs that not every installation has.
func (l *local) copyData(ctx context.Context, from *local) error {
	const script = `cp -Rp -- "$1" "$2" && : >"$2/standby.signal"`
	cmd := exec.Command("/bin/sh", "-c", script, "sh", from.folder.data(), l.folder.data())
	cmd.Dir = l.folder.server()
	return l.finish(ctx, cmd)
}

// crash ends the server by an immediate shutdown, and keeps its folder.
func (l *local) crash() error { return l.process.stop(syscall.SIGQUIT) }

// stopStarted stops what a start that failed has started.
func (p *Pair) stopStarted() error {
	var errs []error
	for _, l := range []*local{p.standby, p.primary} {
		if l != nil {
			errs = append(errs, l.stop())
		}
	}
	return errors.Join(errs...)
}
