package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
)

// events has the rows of a log that has been read and accepted.
type events struct {
	sorter *sorter
	// newestFirst says that the rows of most cases are in descending order, so that
	// rows that start at the same instant are, too.
	newestFirst bool
	// steps is the number of rows that were paired, and of comparisons before, which
	// tests bound.
	steps int
}

// read opens a log and reads it to its end. If it turns out not to be UTF-8, and
// its encoding is clear, it is read again.
func read(ctx context.Context, r io.Reader, opts Options) (*events, *Summary, error) {
	seeker, _ := r.(io.Seeker)
	var begin int64
	if seeker != nil {
		var err error
		if begin, err = seeker.Seek(0, io.SeekCurrent); err != nil { // a pipe
			seeker = nil
		}
	}
	e, sum, err := readOnce(ctx, r, opts)
	bad, ok := errors.AsType[*EncodingError](err)
	if !ok || bad.Clear == "" || seeker == nil {
		return e, sum, err
	}
	if _, err := seeker.Seek(begin, io.SeekStart); err != nil {
		return nil, nil, err
	}
	opts.Encoding = bad.Clear
	if e, sum, err = readOnce(ctx, r, opts); err != nil {
		return nil, nil, err
	}
	sum.warn("the log is not UTF-8; it is read as %s, such as %s; use --encoding for another one", bad.Clear, bad.Possible[0])
	return e, sum, nil
}

func readOnce(ctx context.Context, r io.Reader, opts Options) (*events, *Summary, error) {
	log, sum, err := open(r, opts)
	if err != nil {
		return nil, nil, err
	}
	e, err := readEvents(ctx, log, opts, sum)
	return e, sum, err
}

// readEvents reads a log to its end. It counts its rows in sum, and refuses it if
// too many are bad, or none is work.
func readEvents(ctx context.Context, log *Log, opts Options, sum *Summary) (*events, error) {
	e := &events{sorter: newSorter(opts.sortMemory)}
	err := e.read(ctx, log, opts, sum)
	if err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

func (e *events) close() error { return e.sorter.close() }

func (e *events) read(ctx context.Context, log *Log, opts Options, sum *Summary) error {
	order := caseOrder{cases: map[string]caseTimes{}}
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		row, err := log.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad, ok := errors.AsType[*BadRow](err); ok && !opts.Strict {
			sum.skip(bad)
			continue
		}
		if err != nil {
			return err
		}
		order.add(row)
		if err := e.sorter.add(placedRow{row, sum.Rows}); err != nil {
			return err
		}
		sum.Rows++
		if isWork(row) {
			sum.Work++
		}
	}
	if sum.OnlyEnds = log.onlyEnds; sum.OnlyEnds > 0 {
		sum.warn("rows with an end and no start: %d; they are instants at their end", sum.OnlyEnds)
	}
	sum.Reordered, e.newestFirst = order.reordered, order.falls > order.rises
	if sum.Reordered > 0 {
		sum.warn("rows that are not in the order of time in their case: %d; all rows were sorted", sum.Reordered)
	}
	if log.at.lifecycle >= 0 {
		if err := e.pair(ctx, opts, sum); err != nil {
			return err
		}
	}
	return sum.finish(opts)
}

// pair replaces the rows that start, interrupt or complete an activity by rows with
// a duration.
func (e *events) pair(ctx context.Context, opts Options, sum *Summary) (err error) {
	unpaired := e.sorter
	defer func() { err = errors.Join(err, unpaired.close()) }()
	paired := newSorter(opts.sortMemory)
	p := newPairer(paired.add)
	rows := e.all()
	e.sorter = paired
	for row, err := range rows {
		if err == nil && p.rows%1024 == 0 {
			err = context.Cause(ctx)
		}
		if err == nil {
			err = p.next(row)
		}
		if err != nil {
			return err
		}
	}
	if err := p.finish(); err != nil {
		return err
	}
	e.steps = p.steps + unpaired.compared
	e.newestFirst = false // the rows are numbered in the order of time now
	sum.Work, sum.Unpaired = p.work, p.unpaired
	if len(p.unpaired) > 0 {
		sum.warn("rows without their counterpart: %s; they are instants", unpairedText(p.unpaired))
	}
	return nil
}

// all returns the rows by their start. Rows that start at the same instant are in
// the order in which they happened, as far as the order of the log tells.
func (e *events) all() iter.Seq2[Row, error] {
	sorted, newestFirst := e.sorter.all(), e.newestFirst
	return func(yield func(Row, error) bool) {
		var same []placedRow // rows of one instant, if the newest are first
		flush := func() bool {
			for _, row := range slices.Backward(same) {
				if !yield(row.Row, nil) {
					return false
				}
			}
			same = same[:0]
			return true
		}
		for row, err := range sorted {
			if err != nil {
				yield(Row{}, err)
				return
			}
			if len(same) > 0 && !row.Start.Equal(same[0].Start) && !flush() {
				return
			}
			if same = append(same, row); !newestFirst && !flush() {
				return
			}
		}
		flush()
	}
}

// caseOrder finds the rows that are not in the order of time in their case.
type caseOrder struct {
	cases map[string]caseTimes
	// reordered is the number of rows that start before an earlier row of their case.
	reordered int
	// rises and falls are the numbers of rows that start later, and earlier, than the
	// row before in their case.
	rises, falls int
}

type caseTimes struct{ latest, last int64 } // in microseconds

func (o *caseOrder) add(row Row) {
	at := row.Start.UnixMicro()
	c, ok := o.cases[row.Case]
	if !ok {
		o.cases[row.Case] = caseTimes{at, at}
		return
	}
	switch {
	case at < c.last:
		o.falls++
	case at > c.last:
		o.rises++
	}
	if at < c.latest {
		o.reordered++
	}
	o.cases[row.Case] = caseTimes{max(at, c.latest), at}
}

// rowError says at which row of the log a store has refused a call.
func rowError(row Row, err error) error {
	return fmt.Errorf("line %d: case %q: %w", row.Line, shorten(row.Case), err)
}
