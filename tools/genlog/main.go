// Command genlog writes the sample event log of the replay command: support
// tickets on which a small team works for two weeks. The log depends only on the
// seed.
package main

//go:generate go run . -o ../../cmd/tasktwin/testdata/support-tickets.csv

import (
	"cmp"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"time"
)

// header is detected by replay without flags.
var header = []string{"ticket_id", "activity", "agent", "started_at", "completed_at"}

var (
	team  = []string{"ada", "barbara", "edsger", "grace", "ken"}
	steps = []string{"triage", "reproduce", "read the code", "write a fix", "run the tests", "answer the customer"}
)

type row struct {
	ticket, activity, agent string
	start, end              time.Time // end is zero if the row has no duration
}

func main() {
	seed := flag.Uint64("seed", 1, "seed of the log")
	tickets := flag.Int("tickets", 150, "number of tickets")
	out := flag.String("o", "", "file to write; standard output if empty")
	flag.Parse()
	if err := run(*out, *seed, *tickets); err != nil {
		fmt.Fprintln(os.Stderr, "genlog:", err)
		os.Exit(1)
	}
}

func run(out string, seed uint64, tickets int) (err error) {
	if tickets < 1 {
		return fmt.Errorf("-tickets is %d: it must be at least 1", tickets)
	}
	w := io.Writer(os.Stdout)
	if out != "" {
		file, err := os.Create(out)
		if err != nil {
			return err
		}
		defer func() { err = cmp.Or(err, file.Close()) }()
		w = file
	}
	return write(w, seed, tickets)
}

// write writes the log in chronological order.
func write(w io.Writer, seed uint64, tickets int) error {
	r := rand.New(rand.NewPCG(seed, 0))
	var rows []row
	for i := range tickets {
		rows = append(rows, ticket(r, fmt.Sprintf("T-%04d", i+1))...)
	}
	slices.SortStableFunc(rows, func(a, b row) int { return a.start.Compare(b.start) })
	c := csv.NewWriter(w)
	_ = c.Write(header) // Error returns its error
	for _, row := range rows {
		_ = c.Write([]string{row.ticket, row.activity, row.agent, stamp(row.start), stamp(row.end)})
	}
	c.Flush()
	return c.Error()
}

// ticket returns the rows of a ticket: opened at a random time, worked on in
// bursts with short or long waits between them, and closed.
func ticket(r *rand.Rand, name string) []row {
	opened := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC).
		Add(time.Duration(r.IntN(12*24)) * time.Hour).Add(time.Duration(r.IntN(3_600_000)) * time.Millisecond)
	rows := []row{{name, "opened", "customer", opened, time.Time{}}}
	at, agent := opened, team[r.IntN(len(team))]
	for range 2 + r.IntN(6) {
		wait := time.Duration(r.ExpFloat64() * float64(12*time.Minute))
		if r.IntN(4) == 0 { // the customer takes a while to answer
			wait = time.Duration(1+r.IntN(30)) * time.Hour
		}
		at = at.Add(wait.Round(time.Millisecond))
		end := at.Add(time.Duration(r.ExpFloat64() * float64(20*time.Minute)).Round(time.Millisecond))
		rows = append(rows, row{name, steps[r.IntN(len(steps))], agent, at, end})
		if r.IntN(3) == 0 { // a remark during the work
			rows = append(rows, row{name, "commented", team[r.IntN(len(team))], at.Add(end.Sub(at) / 2).Truncate(time.Millisecond), time.Time{}})
		}
		at = end
	}
	return append(rows, row{name, "closed", agent, at.Add(time.Minute), time.Time{}})
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}
