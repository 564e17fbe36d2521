package rel

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
)

// Serializable transactions that read and rename few authors at random have a serial order:
// if those that were committed run in it one after the other, they read the same and leave the
// same rows.
func TestRandomTransactionsHaveASerialOrder(t *testing.T) {
	t.Parallel()
	rounds := uint64(20_000)
	if testing.Short() {
		rounds = 2000
	}
	committed, failed := 0, 0
	for seed := range rounds {
		synctest.Test(t, func(t *testing.T) {
			h := newHistory(t, seed)
			h.run()
			committed += len(h.committed)
			failed += len(h.names) - len(h.committed)
			if !h.hasSerialOrder(h.start, h.committed) {
				t.Errorf("seed %d: there is no serial order:\n%s", seed, strings.Join(h.steps, "\n"))
			}
		})
		if t.Failed() {
			return
		}
	}
	if committed == 0 || failed == 0 {
		t.Errorf("%d transactions were committed, and %d failed", committed, failed)
	}
}

// history is what transactions have read and written.
type history struct {
	t      *testing.T
	rng    *rand.Rand
	player *player
	names  []string
	// ops are what the transactions do, and reads have their answers, "" for a write.
	ops, reads map[string][]string
	committed  []string
	// start are the names of the authors before, and steps are all steps with their answers.
	start map[string]string
	steps []string
}

func newHistory(t *testing.T, seed uint64) *history {
	p := &player{t: t, store: new(Store[library]), sessions: map[string]*actor{}, answers: make(chan answer, 100)}
	p.store.Init(&librarySchema, newLibrary(t).Tables)
	return &history{
		t: t, rng: rand.New(rand.NewPCG(seed, 0)), player: p, names: []string{"A", "B", "C", "D"},
		ops: map[string][]string{}, reads: map[string][]string{}, start: map[string]string{"1": "one", "2": "two", "3": "three"},
	}
}

// run runs the transactions, one step at a time, in random order.
func (h *history) run() {
	defer h.player.end()
	h.step("Z", "insert author 3 three")
	waiting := map[string]bool{}
	todo := map[string]int{}
	for _, name := range h.names {
		todo[name] = 2 + h.rng.IntN(3)
	}
	for len(todo) > 0 {
		all := slices.Sorted(maps.Keys(todo))
		name := all[h.rng.IntN(len(all))]
		if waiting[name] {
			continue
		}
		op := "commit"
		switch {
		case h.player.sessions[name] == nil:
			op = "begin serializable"
			if name == "D" {
				op += " readonly"
			}
		case todo[name] > 0:
			todo[name]--
			op = fmt.Sprintf("read author %d", 1+h.rng.IntN(3))
			if name != "D" && h.rng.IntN(2) == 0 {
				op = fmt.Sprintf("rename %d %s%d", 1+h.rng.IntN(3), name, todo[name])
			}
			h.ops[name] = append(h.ops[name], op)
		}
		answers := strings.Split(h.step(name, op), "; ")
		answers[0] = name + " " + answers[0]
		for _, answer := range answers {
			who, text, _ := strings.Cut(answer, " ")
			waiting[who] = text == "waits"
			switch {
			case waiting[who], who == name && strings.HasPrefix(op, "begin"):
			case who == name && op == "commit":
				delete(todo, who)
				if text == "ok" {
					h.committed = append(h.committed, who)
				}
			case text == "40001", text == "40P01":
				delete(todo, who)
				h.step(who, "rollback")
			default:
				h.reads[who] = append(h.reads[who], text)
			}
		}
	}
}

func (h *history) step(name, op string) string {
	got := h.player.step(name, op)
	h.steps = append(h.steps, fmt.Sprintf("%s: %s -> %s", name, op, got))
	if name != "Z" && op == "rollback" && got != "ok" {
		h.t.Errorf("a rollback lets others go on: %s", strings.Join(h.steps, "\n"))
	}
	return got
}

// hasSerialOrder reports whether transactions can run in some order, beginning with the
// authors' names.
func (h *history) hasSerialOrder(authors map[string]string, todo []string) bool {
	if len(todo) == 0 {
		for _, r := range h.player.store.Peek().Tables.authors.All() {
			if authors[strconv.Itoa(r.id)] != r.name {
				return false
			}
		}
		return true
	}
	for i, name := range todo {
		after, ok := h.replay(maps.Clone(authors), name)
		if ok && h.hasSerialOrder(after, slices.Delete(slices.Clone(todo), i, i+1)) {
			return true
		}
	}
	return false
}

// replay returns what a transaction leaves, if it reads what it has read.
func (h *history) replay(authors map[string]string, name string) (after map[string]string, ok bool) {
	for i, op := range h.ops[name] {
		words := strings.Fields(op)
		if words[0] == "rename" {
			authors[words[1]] = words[2]
		} else if authors[words[2]] != h.reads[name][i] {
			return nil, false
		}
	}
	return authors, true
}
