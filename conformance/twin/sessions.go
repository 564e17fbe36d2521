package twin

import (
	"context"
	"errors"
	"fmt"

	"github.com/tasktwin/tasktwin/conformance/internal/pgsessions"
	"github.com/tasktwin/tasktwin/conformance/internal/sessions"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
)

// SessionsReport is what [RunSessions] found.
type SessionsReport = sessions.Report

// RunSessions runs a program of several sessions on the empty database at url and on an
// empty memdb with the given options, which should be those of [Options]. The steps are
// issued one at a time, those of a session that waits as soon as it has returned. After each,
// RunSessions compares the answers and which sessions wait, and at the end all rows. It ends
// at the first mismatch. docs/conformance.md, "Several sessions", says what is not compared.
//
// It sets deadlock_timeout and log_lock_waits for the sessions, for which the user of the URL
// has to be a superuser. It fails if the program is of one session, which is for [parity.Run],
// if the database does not answer, or if the context ends. The rows stay in the database.
func RunSessions(ctx context.Context, url string, opts memdb.Options, p parity.Program) (report *SessionsReport, err error) {
	if p.Sessions() == nil {
		return nil, errors.New("conformance: twin.RunSessions: the program has one session: use parity.Run")
	}
	if err := opts.Validate(); err != nil {
		return nil, fmt.Errorf("conformance: twin.RunSessions: %w", err)
	}
	db, err := pgsessions.Open(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("conformance: twin.RunSessions: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	memory := memdb.New(opts)
	defer memory.Close()
	return sessions.Lockstep(ctx, p, db.Engine(), sessions.InProcess(memory), sessions.ChoicesOfPostgres)
}
