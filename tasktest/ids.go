package tasktest

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/google/uuid"
)

// kind is a kind of row with an id, in the order of the tables in docs/semantics.md.
type kind int

const (
	organization kind = iota + 1
	user
	template
	version
	workspace
	job
	build
	agent
	app
	status
	task
	kinds
)

var kindNames = [kinds]string{
	"", "organization", "user", "template", "version", "workspace", "job", "build", "agent", "app", "status", "task",
}

// maxSeed is what fits into the digits of an id.
const maxSeed = 99_999_999

// newID returns the next id of a kind and its number.
func (w *World) newID(k kind) (uuid.UUID, uint64) {
	w.made[k]++
	n := w.made[k]
	return w.id(k, n), n
}

// id returns the n-th id of a kind: the seed, the kind and the number, each in decimal
// digits, and the marks of a random UUID, which some programs look for.
func (w *World) id(k kind, n uint64) (id uuid.UUID) {
	decimals(id[0:4], uint64(w.seed))
	decimals(id[4:6], uint64(k))
	decimals(id[10:16], n)
	if w.spread != nil {
		r := w.spread.Uint32()
		id[6], id[7], id[8], id[9] = byte(r), byte(r>>8), byte(r>>16), byte(r>>24)
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// decimals writes a number so that its hexadecimal digits are its decimal ones.
func decimals(b []byte, n uint64) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte(n%10 | n/10%10<<4)
		n /= 100
	}
}

var idPattern = regexp.MustCompile(`\b(\d{8})-00(\d\d)-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-(\d{12})\b`)

// Describe returns what an id of a World is of, for the messages of tests: "task 3", or "task
// 3 of seed 7". Of any other id it returns the text.
//
// In 00000007-0011-4000-8000-000000000003 the digits are the seed, the table in the order of
// docs/semantics.md (1 is organizations, 11 is tasks), and the number. So within a table, ids
// are in the order in which the rows were made. Only the ids of [World.Populate] are in no
// order: like random ids, they are spread over the index.
func Describe(id uuid.UUID) string {
	if text := describe(id.String()); text != "" {
		return text
	}
	return id.String()
}

// describe describes the text of an id, or returns "".
func describe(text string) string {
	parts := idPattern.FindStringSubmatch(text)
	if parts == nil {
		return ""
	}
	seed, _ := strconv.Atoi(parts[1])
	k, _ := strconv.Atoi(parts[2])
	n, _ := strconv.Atoi(parts[3])
	if k == 0 || k >= int(kinds) || n == 0 {
		return ""
	}
	if seed == 0 {
		return fmt.Sprintf("%s %d", kindNames[k], n)
	}
	return fmt.Sprintf("%s %d of seed %d", kindNames[k], n, seed)
}

// name returns the name of the n-th row of a kind, which no world of another seed has.
func (w *World) name(k kind, n uint64) string {
	if w.seed == 0 {
		return fmt.Sprintf("%s-%d", kindNames[k], n)
	}
	return fmt.Sprintf("%s-%d-seed-%d", kindNames[k], n, w.seed)
}
