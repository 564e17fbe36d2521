package rel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

type sessionKey struct{}

func sessionName(ctx context.Context) string {
	name, _ := ctx.Value(sessionKey{}).(string)
	return name
}

// play runs a script of overlapping sessions on a store with newLibrary's rows: authors 1
// and 2, book 1 of author 1, and its copies 1 and 2. Each line is a step
//
//	session: what it does -> the answer; answers of other sessions that go on
//
// The answer is "ok" if there is none. It is "waits" if the statement waits: see [run] for
// the statements, and [text] for the answers. After each step the data that is derived from the
// rows agrees with them in all states, and after the script nothing is left of the sessions.
// "?" in place of a session compares who waits for whom.
func play(t *testing.T, script string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &player{t: t, store: new(Store[library]), sessions: map[string]*actor{}, answers: make(chan answer, 100)}
		p.store.Init(&librarySchema, newLibrary(t).Tables)
		defer p.end()
		for line := range strings.Lines(script) {
			if line = strings.TrimSpace(line); line != "" && !p.line(line) {
				return
			}
		}
	})
}

type answer struct{ session, text string }

type player struct {
	t        *testing.T
	store    *Store[library]
	sessions map[string]*actor
	answers  chan answer
	// seen are the store's sessions so far.
	seen []*session[library]
}

// actor is a session of a script.
type actor struct {
	player *player
	name   string
	steps  chan string // to its transaction, or nil outside of one
	// cancel cancels the statement that runs.
	cancel context.CancelFunc
}

func (p *player) line(line string) (ok bool) {
	step, want, found := strings.Cut(line, "->")
	name, what, isStep := strings.Cut(step, ":")
	if !isStep {
		p.t.Errorf("%s: no session", line)
		return false
	}
	name, what = strings.TrimSpace(name), strings.TrimSpace(what)
	if want = strings.TrimSpace(want); !found {
		want = "ok"
	}
	var got string
	if name == "?" {
		got = p.waits()
		want = what
	} else {
		got = p.step(name, what)
	}
	if got != want {
		p.t.Errorf("%s: got %s", line, got)
		return false
	}
	return p.check(line)
}

// step takes a step and returns the answers of all sessions that have returned.
func (p *player) step(name, what string) string {
	a := p.sessions[name]
	if a == nil {
		a = &actor{player: p, name: name}
		p.sessions[name] = a
	}
	a.take(what)
	synctest.Wait()
	own, others := "waits", []string{}
	for {
		select {
		case got := <-p.answers:
			if got.session == name && own == "waits" {
				own = got.text
			} else {
				others = append(others, got.session+" "+got.text)
			}
			continue
		default:
		}
		slices.Sort(others)
		return strings.Join(append([]string{own}, others...), "; ")
	}
}

// waits returns who waits for whom, and for what.
func (p *player) waits() string {
	var all []string
	for _, w := range p.store.Waits() {
		slices.Sort(w.For)
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s for %s: %s %s", w.Session, strings.Join(w.For, " "), w.Table, w.Key)))
	}
	return strings.Join(all, "; ")
}

// check compares the derived data of all states with their rows.
func (p *player) check(line string) (ok bool) {
	states := map[string]*State[library]{"the committed state": p.store.current.Load()}
	for _, s := range p.store.sessions {
		states["the newest state of "+s.name] = s.newest
		if s.newestBefore != nil { // the statement that waits has changed half of the newest
			states["the newest state of "+s.name] = s.newestBefore
		}
		if s.newest == nil { // else it may have a key twice, which somebody has given up since
			states["the state of "+s.name] = s.pending
		}
	}
	ok = p.checkSessions(line)
	for what, st := range states {
		if st == nil {
			continue
		}
		if err := st.Tables.check(); err != nil {
			p.t.Errorf("%s: %s: %v", line, what, err)
			ok = false
		}
	}
	return ok
}

// checkSessions fails the test if the store knows of lines of sessions that have ended, or if
// these keep what they had: a version that others need is part of a session, and a user may
// keep the handle of a transaction.
func (p *player) checkSessions(line string) (ok bool) {
	ok = true
	for _, s := range p.store.sessions {
		if !slices.Contains(p.seen, s) {
			p.seen = append(p.seen, s)
		}
	}
	for _, s := range p.seen {
		switch {
		case slices.Contains(p.store.sessions, s):
			continue
		case s.pending != nil || s.newest != nil || s.changedSince != nil || s.caughtUp != nil || s.opened != nil,
			len(s.log) > 0 || s.locks != nil || s.indexed != 0 || s.rows.entries != 0,
			s.rows.sets[inserted].tables != nil || len(s.former) > 0 || len(s.released) > 0:
			p.t.Errorf("%s: %s has ended and keeps what it had", line, s.name)
			ok = false
		}
		for row, o := range p.store.lines {
			if o == s {
				p.t.Errorf("%s: the line of %s at row %x has not ended with it", line, s.name, row)
				ok = false
			}
		}
	}
	return ok
}

// end ends the sessions. It fails the test if something is left of them.
func (p *player) end() {
	var open []string
	for name, a := range p.sessions {
		if a.steps != nil {
			close(a.steps)
			open = append(open, name)
		}
	}
	synctest.Wait()
	slices.Sort(open)
	if len(open) > 0 && !p.t.Failed() {
		p.t.Errorf("the script does not end %v", open)
	}
	if left := p.store.leftovers(); left != "" && !p.t.Failed() {
		p.t.Errorf("of the sessions is left: %s", left)
	}
}

// leftovers returns what the store still has of its sessions, or "".
func (s *Store[T]) leftovers() string {
	var left []string
	for what, has := range map[string]bool{
		"sessions": len(s.sessions) > 0, "waiters": len(s.waiters) > 0, "head": s.head.Load() != nil, "shared": s.shared != nil,
		"lines": s.lines != nil, "serializables": len(s.serializables.known) > 0,
	} {
		if has {
			left = append(left, what)
		}
	}
	slices.Sort(left)
	return strings.Join(left, ", ")
}

// take starts a step.
func (a *actor) take(what string) {
	p := a.player
	verb, args, _ := strings.Cut(what, " ")
	switch {
	case verb == "cancel":
		a.cancel()
	case verb == "close":
		p.store.Close()
		a.answer("ok")
	case verb == "begin":
		isSerializable := strings.Contains(args, "serializable")
		a.begin(TxOptions{
			Snapshot:     isSerializable || strings.Contains(args, "snapshot"),
			Serializable: isSerializable, ReadOnly: strings.Contains(args, "readonly"),
		})
	case a.steps != nil:
		a.steps <- what
	default:
		ctx := a.context()
		go func() { a.answer(run(ctx, p.store, what)) }()
	}
}

// context returns the context of the next statement.
func (a *actor) context() context.Context {
	ctx, cancel := context.WithCancel(context.WithValue(a.player.t.Context(), sessionKey{}, a.name))
	a.cancel = cancel
	return ctx
}

func (a *actor) answer(text string) { a.player.answers <- answer{a.name, text} }

func (a *actor) begin(opts TxOptions) {
	a.steps = make(chan string, 1)
	ctx := context.WithValue(a.player.t.Context(), sessionKey{}, a.name)
	go func() {
		err := a.player.store.InTx(ctx, opts, func(tx *Tx[library]) error {
			a.answer("ok")
			return a.follow(ctx, tx)
		})
		a.steps = nil
		a.answer(text(err))
	}()
}

var errRollback = errors.New("rollback")

// follow takes the steps of a transaction, or of a savepoint, until it ends.
func (a *actor) follow(ctx context.Context, tx *Tx[library]) error {
	for what := range a.steps {
		switch what {
		case "commit", "release":
			return nil
		case "rollback":
			return errRollback
		case "savepoint":
			a.answer(text(tx.InTx(ctx, nil, func(sp *Tx[library]) error {
				a.answer("ok")
				return a.follow(ctx, sp)
			})))
		default:
			a.answer(run(a.context(), tx, what))
		}
	}
	return errRollback
}

// text returns an error as scripts write it.
func text(err error) string {
	switch {
	case err == nil, errors.Is(err, errRollback):
		return "ok"
	case errors.Is(err, ErrNoRows):
		return "no rows"
	case errors.Is(err, ErrSerialization), errors.Is(err, ErrDependencies):
		return "40001"
	case errors.Is(err, ErrDeadlock):
		return "40P01"
	case errors.Is(err, ErrReadOnly):
		return "read only"
	case errors.Is(err, ErrAborted):
		return "aborted"
	case errors.Is(err, ErrCommitAborted):
		return "rolled back"
	case errors.Is(err, ErrClosed):
		return "closed"
	case errors.Is(err, context.Canceled):
		return "canceled"
	}
	return violated(err)
}
