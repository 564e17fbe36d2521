package replay

import (
	"cmp"
	"container/heap"
	"errors"
	"io"
	"iter"
	"slices"
)

// sortMemory is about how many bytes of rows a sorter holds in memory.
const sortMemory = 64 << 20

// rowOverhead is about how many bytes a row takes in memory besides its text.
const rowOverhead = 160

// placedRow is a row with its number in the log.
type placedRow struct {
	Row
	seq int
}

// sorter sorts the rows of a log by their start, and rows that start at the same
// instant as in the log. Rows that exceed the limit are spilled, as sorted runs,
// to a temporary file.
type sorter struct {
	limit int // of bytes in memory
	rows  []placedRow
	size  int
	spill *spill
	// compared is the number of comparisons, which tests bound.
	compared int
}

func newSorter(limit int) *sorter { return &sorter{limit: cmp.Or(limit, sortMemory)} }

func (s *sorter) add(row placedRow) error {
	s.rows = append(s.rows, row)
	if s.size += rowOverhead + len(row.Case) + len(row.Activity) + len(row.Actor); s.size > s.limit {
		return s.flush()
	}
	return nil
}

func (s *sorter) compare(a, b *placedRow) int {
	s.compared++
	return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.seq, b.seq))
}

func (s *sorter) sortRows() {
	slices.SortFunc(s.rows, func(a, b placedRow) int { return s.compare(&a, &b) })
}

// flush writes the rows in memory to the temporary file.
func (s *sorter) flush() (err error) {
	if s.spill == nil {
		if s.spill, err = newSpill(); err != nil {
			return err
		}
	}
	s.sortRows()
	err = s.spill.write(s.rows)
	clear(s.rows) // free their text
	s.rows, s.size = s.rows[:0], 0
	return err
}

// close removes the temporary file.
func (s *sorter) close() error {
	if s.spill == nil {
		return nil
	}
	return s.spill.close()
}

// all returns the rows in their order. It can be called more than once, but no
// rows may be added in between.
func (s *sorter) all() iter.Seq2[placedRow, error] {
	s.sortRows()
	if s.spill == nil {
		return func(yield func(placedRow, error) bool) {
			for _, row := range s.rows {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
	return s.merged
}

// merged merges the runs in the temporary file and the rows in memory.
func (s *sorter) merged(yield func(placedRow, error) bool) {
	merge := &merge{sorter: s}
	for i := range s.spill.runs {
		merge.runs = append(merge.runs, s.spill.read(i))
	}
	rest := s.rows
	merge.runs = append(merge.runs, func() (placedRow, error) {
		if len(rest) == 0 {
			return placedRow{}, io.EOF
		}
		row := rest[0]
		rest = rest[1:]
		return row, nil
	})
	merge.heads = make([]placedRow, len(merge.runs))
	for run := range merge.runs {
		more, err := merge.next(run)
		if err != nil {
			yield(placedRow{}, err)
			return
		}
		if more {
			merge.order = append(merge.order, run)
		}
	}
	heap.Init(merge)
	for merge.Len() > 0 {
		run := merge.order[0]
		if !yield(merge.heads[run], nil) {
			return
		}
		more, err := merge.next(run)
		switch {
		case err != nil:
			yield(placedRow{}, err)
			return
		case more:
			heap.Fix(merge, 0)
		default:
			heap.Pop(merge)
		}
	}
}

// merge is a heap of the runs that have a next row.
type merge struct {
	sorter *sorter
	runs   []func() (placedRow, error)
	heads  []placedRow // the next row of each run
	order  []int       // the heap
}

// next reads the next row of a run, and reports whether there is one.
func (m *merge) next(run int) (more bool, err error) {
	m.heads[run], err = m.runs[run]()
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return err == nil, err
}

func (m *merge) Len() int { return len(m.order) }

func (m *merge) Less(i, j int) bool {
	return m.sorter.compare(&m.heads[m.order[i]], &m.heads[m.order[j]]) < 0
}

func (m *merge) Swap(i, j int) { m.order[i], m.order[j] = m.order[j], m.order[i] }

func (m *merge) Push(x any) { m.order = append(m.order, x.(int)) }

func (m *merge) Pop() any {
	last := m.order[len(m.order)-1]
	m.order = m.order[:len(m.order)-1]
	return last
}
