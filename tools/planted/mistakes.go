package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// mistake is one that is planted in memdb/internal/rel.
type mistake struct {
	name  string
	edits []edit
	// steps is to how many steps a program has to shrink, if not to maxSteps: three
	// transactions that begin, lock two rows and end are twelve.
	steps int
}

// edit replaces a text of a file, which has to be there once.
type edit struct{ file, old, new string }

// plantIn returns the texts of the files of a folder with the mistake, by their paths.
func (m mistake) plantIn(folder string) (map[string]string, error) {
	texts := map[string]string{}
	for _, e := range m.edits {
		path := filepath.Join(folder, e.file)
		text, ok := texts[path]
		if !ok {
			read, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			text = string(read)
		}
		if n := strings.Count(text, e.old); n != 1 {
			return nil, fmt.Errorf("%s: the text to replace is %d times in %s, and not once:\n%s", m.name, n, e.file, e.old)
		}
		texts[path] = strings.Replace(text, e.old, e.new, 1)
	}
	return texts, nil
}

// one returns a mistake of one edit.
func one(name, file, before, after string) mistake {
	return mistake{name: name, edits: []edit{{file, before, after}}}
}

var mistakes = []mistake{
	// Locks.
	one("foreign key: the parent is not locked", "checks.go",
		"err := key.parent.lock(s, parent, KeyShare)", "err := error(nil)"),
	one("foreign key: the parent is locked as by an update", "checks.go",
		"key.parent.lock(s, parent, KeyShare)", "key.parent.lock(s, parent, NoKeyUpdate)"),
	one("update: the row is locked as by a delete", "rows.go", "d.lock(s, slot, NoKeyUpdate)", "d.lock(s, slot, Update)"),
	one("delete: the row is locked as by an update", "delete.go", "d.lock(s, slot, Update)", "d.lock(s, slot, NoKeyUpdate)"),
	one("cascade: the children are not locked", "delete.go", "err := key.table.lockChild(s, slot)", "err := error(nil)"),
	one("delete: a child that another deletes is not waited for", "delete.go",
		"err := key.table.conflict(s, slot, KeyShare)", "err := error(nil)"),
	one("a statement that waits holds no lock", "wait.go",
		"\t\tif err := s.wait(ctx, c); err != nil {\n", "\t\ts.truncate(s.mark)\n\t\tif err := s.wait(ctx, c); err != nil {\n"),
	one("locks of a failed transaction are kept until the rollback", "session.go",
		"\tif s.connLost || len(s.saves) == 0 {\n\t\ts.close()\n", "\tif s.connLost || len(s.saves) == 0 {\n"),
	one("savepoint: its locks are kept after the rollback", "session.go",
		"\ts.giveUp(to.entries)\n\ts.store.wake(s, false)", `	kept := append([]entry(nil), s.log[:to.entries]...)
	for _, e := range s.log[to.entries:] {
		if e, ok := e.asLock(); ok {
			kept = append(kept, e)
		}
	}
	s.giveUp(to.entries)
	s.log = kept
	s.store.wake(s, false)`),
	one("savepoint: its rollback wakes nobody", "session.go",
		"\ts.giveUp(to.entries)\n\ts.store.wake(s, false)", "\ts.truncate(to.entries)"),
	one("savepoint: its release frees the key shares", "session.go",
		"\ts.saves = s.saves[:n]\n\tfor", `	from := s.saves[n].entries
	freed := s.log[:from:from]
	for _, e := range s.log[from:] {
		if e.lock() != KeyShare {
			freed = append(freed, e)
		}
	}
	s.log, s.locks, s.indexed = freed, nil, 0
	s.saves = s.saves[:n]
	for`),
	one("savepoint: its release wakes those who wait, at a later rollback", "wait.go",
		"h.session == o && o.isReleased(h.at)", "h.session == o && o.isReleased(h.at) && false"),

	// What is looked at again.
	one("after a wait the row is not looked at again", "wait.go", "\ts.catchUp()\n\ts.stamp()", ""),
	one("after a wait joins are looked at again", "wait.go", "\t\ts.statement = s.pending\n", ""),
	one("after a wait the row is not locked at once", "wait.go",
		"s.inTheWay(c.row, c.mode) == nil && table.has(s.pending, slot) {",
		"s.inTheWay(c.row, c.mode) == nil && table.has(s.pending, slot) && false {"),
	one("read committed: statements read what the transaction saw first", "tx_statement.go",
		"if !s.opts.Snapshot && s.caughtUp != store.head.Load() {", "if !s.opts.Snapshot && s.caughtUp != store.head.Load() && false {"),
	one("repeatable read: the second of two updates wins", "locks.go",
		"case kind == 0, mode == KeyShare && kind != deleted:", "case kind == 0, kind != deleted:"),
	one("repeatable read: a parent that was updated is 40001", "locks.go",
		"case kind == 0, mode == KeyShare && kind != deleted:", "case kind == 0:"),
	one("merge: the updates of others are forgotten", "merge.go",
		"if !e.changes() {\n\t\t\t\tcontinue", "if !e.changes() || e.kind() == updated {\n\t\t\t\tcontinue"),
	one("merge: the deletes of one table are forgotten", "merge.go",
		"for i, table := range slices.Backward(tables) {", "for i, table := range slices.Backward(tables[:len(tables)-1]) {"),

	// Queues and cycles.
	one("waiters: last come, first served", "wait.go",
		"at, _ := slices.BinarySearchFunc(store.waiters, w.seq, func(w *waiter[T], seq uint64) int { return cmp.Compare(w.seq, seq) })",
		"at := cmp.Compare(0, 0)"),
	one("deadlock: not found", "wait.go",
		"if s.closesCycle(c) {", "if s.closesCycle(c) && false {"),
	{name: "deadlock: of three sessions not found", steps: 12, edits: []edit{
		{"wait.go", "if !seen[h] && h.waiter != nil {", "if !seen[h] && h.waiter != nil && len(seen) < 1 {"},
	}},
	one("deadlock: where a session waits for one that waits", "wait.go",
		"return h == s })", "return h == s || h.waiter != nil })"),
	{name: "deadlock: the session that waits fails", edits: []edit{
		{"wait.go", "if s.closesCycle(c) {\n\t\treturn ErrDeadlock", `
	if s.closesCycle(c) {
		for _, h := range c.holders {
			if w := h.session.waiter; w != nil {
				victims.Store(h.session, true)
				w.isReady = true
			}
		}`},
		{
			"wait.go", "\tif store.closed.Load() {\n",
			"\tif _, ok := victims.LoadAndDelete(s); ok {\n\t\treturn ErrDeadlock\n\t}\n\tif store.closed.Load() {\n",
		},
		{"wait.go", "import (", "import (\n\t\"sync\""},
		{"wait.go", "// waiter is a statement that waits.", "var victims sync.Map\n\n// waiter is a statement that waits."},
	}},
	one("canceled: the transaction goes on", "wait.go",
		"s.connLost = ctx.Err() != nil", "s.connLost = false"),

	// Keys.
	one("key: one that a transaction deletes is free at once", "locks.go",
		"isHolder := taken && o.held(row).changed", "isHolder := false"),
	one("key: one that a transaction has stored and deleted is free", "locks.go",
		"\ts.former = append(s.former, formerRow{id, row, len(s.log) - 1})", ""),
	one("key: a row that is locked only makes others wait", "locks.go",
		"taken && o.held(row).changed", "taken && o.held(row).mode != noLock"),
	one("key: of a statement that waits it is free", "locks.go",
		"p.table == d.index && nth < p.indexes", "false && p.table == d.index && nth < p.indexes"),

	// Serializable.
	one("serializable: write skew", "serial.go",
		"func isDangerous(r, w *serializable) bool {\n",
		"func isDangerous(r, w *serializable) bool {\n\tif r != nil {\n\t\treturn false\n\t}\n"),
	one("serializable: every conflict in and out is 40001", "serial.go",
		"if isDangerous(r, w) {", "if len(r.in) > 0 || len(w.out) > 0 || isDangerous(r, w) {"),
	one("serializable: the check of a foreign key is no read", "checks.go", "key.parent.Read(st, parent)", ""),
	one("serializable: a list does not notice new rows", "serial.go",
		"if parent := *column(r); parent != NoSlot && (", "if parent := *column(r); parent != NoSlot && false && ("),
	one("serializable: what a commit has written is forgotten", "serial.go", "if t.committed && t.endedAt <= oldest {", "if t.committed {"),
	one("serializable: what a savepoint wrote is kept after its rollback", "serial.go",
		"\tmaps.DeleteFunc(t.writes, func(_ item, at int) bool { return at >= from })",
		"\tmaps.DeleteFunc(t.writes, func(_ item, _ int) bool { return false })"),
}
