package pgserver

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Pair is a primary and a hot standby, which replicates the primary by streaming. Both
// run from the same binaries and listen on sockets only.
//
// Replication is asynchronous, and synchronous once synchronous_standby_names of the
// primary is set: the standby's name is "standby". ALTER SYSTEM can set whatever is not
// one of [Settings]; synchronous_commit is on.
type Pair struct {
	primary, standby *pairServer
	restore          func() // of what shield took out of the environment
}

// PrimaryURL returns the URL of the primary's database postgres, as a superuser. It is
// empty at first, and has the locale C.
func (p *Pair) PrimaryURL() string { return p.primary.url() }

// StandbyURL returns the URL of the same database on the standby.
func (p *Pair) StandbyURL() string { return p.standby.url() }

// URL returns a URL with both servers, the primary first, and with parameters such as
// target_session_attrs=read-write.
func (p *Pair) URL(parameters ...string) string {
	first, second := hostOf(p.PrimaryURL()), hostOf(p.StandbyURL())
	both := strings.Replace(p.PrimaryURL(), first, first+"%2C"+second, 1)
	return strings.Join(append([]string{strings.Replace(both, "port=5432", "port=5432%2C5432", 1)}, parameters...), "&")
}

// hostOf returns the host of a URL of a local server as it stands in it.
func hostOf(at string) string {
	u, err := url.Parse(at)
	if err != nil {
		return "" // cannot happen
	}
	return strings.ReplaceAll(url.QueryEscape(u.Query().Get("host")), "+", "%20")
}

// CrashPrimary ends the primary at once, as after a crash. What it has not written is
// lost.
func (p *Pair) CrashPrimary() error { return p.primary.crash() }

// Promote makes the standby a primary, and returns when it takes writes.
func (p *Pair) Promote(ctx context.Context) error {
	conn, err := connect(ctx, p.StandbyURL())
	if err != nil {
		return err
	}
	defer closeConn(conn)
	var promoted bool
	if err := conn.QueryRow(ctx, "SELECT pg_promote(true, 60)").Scan(&promoted); err != nil {
		return fmt.Errorf("pgserver: promote the standby: %w", err)
	}
	if !promoted {
		return errors.New("pgserver: promote the standby: it is still in recovery after a minute")
	}
	return nil
}

// Exec runs statements on the primary or on the standby, by its URL, each in a
// transaction of its own.
func (p *Pair) Exec(ctx context.Context, at string, statements ...string) error {
	conn, err := connect(ctx, at)
	if err != nil {
		return err
	}
	defer closeConn(conn)
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("pgserver: %s: %w", sql, err)
		}
	}
	return nil
}

// AwaitReplay returns when the standby has replayed all that the primary has written.
func (p *Pair) AwaitReplay(ctx context.Context) error {
	primary, err := connect(ctx, p.PrimaryURL())
	if err != nil {
		return err
	}
	defer closeConn(primary)
	var written string
	if err := primary.QueryRow(ctx, "SELECT pg_current_wal_flush_lsn()::text").Scan(&written); err != nil {
		return err
	}
	standby, err := connect(ctx, p.StandbyURL())
	if err != nil {
		return err
	}
	defer closeConn(standby)
	return until(ctx, standby, "SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn", written)
}

// until asks until the answer is true.
func until(ctx context.Context, conn *pgx.Conn, question string, args ...any) error {
	for {
		var yes bool
		if err := conn.QueryRow(ctx, question, args...).Scan(&yes); err != nil || yes {
			return err
		}
		if _, err := conn.Exec(ctx, "SELECT pg_sleep(0.01)"); err != nil {
			return err
		}
	}
}

// Close stops both servers and removes their folders.
func (p *Pair) Close() error {
	defer p.restore()
	return errors.Join(p.standby.stop(), p.primary.stop())
}
