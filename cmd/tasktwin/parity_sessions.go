package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/pgdb"
)

// runSessions runs a program of several sessions on both engines. On a mismatch it
// shrinks the program, if it may have more than one database.
func (c *parityCmd) runSessions(e *env, server *postgres, p parity.Program) error {
	report, version, err := compareSessions(e.ctx, server, p)
	if err != nil {
		return err
	}
	made := report.Steps
	if report.Mismatch != "" && server.canRepeat() {
		small, err := parity.Shrink(e.ctx, p, func(ctx context.Context, p parity.Program) (bool, error) {
			if p.Sessions() == nil {
				return false, nil
			}
			again, _, err := compareSessions(ctx, server, p)
			return err == nil && again.Mismatch != "", err
		})
		if err != nil {
			return err
		}
		if report, version, err = compareSessions(e.ctx, server, small); err != nil {
			return err
		}
	}
	if c.JSON {
		err = writeIndented(e.stdout, report)
	} else {
		found := 0
		if report.Mismatch != "" {
			found = 1
		}
		text := escaped(report.Transcript)
		if found > 0 {
			if !server.canRepeat() {
				text += "\n" + notShrunk
			}
			text += fmt.Sprintf("\nMISMATCH, the reference is PostgreSQL and the subject memdb: %s\nreplay with: tasktwin parity --program %s\n",
				escaped(report.Mismatch), printable(c.Program))
		}
		_, err = fmt.Fprintf(e.stdout, "%s\nPostgreSQL %d, %s, %d steps of %d sessions, %s\n",
			text, version, printable(c.Program), made, len(p.Sessions()), mismatches(found, e.style))
	}
	if err == nil && report.Mismatch != "" {
		return errMismatch
	}
	return err
}

// compareSessions runs a program of several sessions on an empty database and on a memdb.
func compareSessions(ctx context.Context, server *postgres, p parity.Program) (report *twin.SessionsReport, version int, err error) {
	url, drop, err := server.database(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, drop()) }()
	db, err := pgdb.Open(ctx, url, pgdb.Options{MaxConns: 1})
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := server.mustBeEmpty(ctx, db); err != nil {
		return nil, 0, err
	}
	options, err := twin.Options(ctx, db)
	if err != nil {
		return nil, 0, err
	}
	report, err = twin.RunSessions(ctx, url, options, p)
	return report, options.PostgresVersion, err
}
