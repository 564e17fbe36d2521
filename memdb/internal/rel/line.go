package rel

// A key share passes a delete that waits, as long as the row says that key shares are all
// that the delete waits for. In PostgreSQL a row does not say so any more once a transaction
// that has a key share has deleted the row, too, in a savepoint that was rolled back. Then
// key shares of others stand in line behind the deletes that wait, until the transaction
// ends, or somebody takes another lock on the row.

// giveUp drops the entries of the log from a position on, which a savepoint has made that is
// rolled back. Callers must hold the latch.
func (s *session[T]) giveUp(to int) {
	dropped := s.log[to:]
	s.truncate(to)
	for _, e := range dropped {
		if e.lock() != Update || s.held(e.row()).mode != KeyShare {
			continue
		}
		if s.store.lines == nil {
			s.store.lines = map[rowID]*session[T]{}
		}
		s.store.lines[e.row()] = s
	}
}

// inLine returns the transaction whose delete is ahead of a key share on a row, if key shares
// stand in line there.
func (s *session[T]) inLine(row rowID) []holder[T] {
	if o := s.store.lines[row]; o == nil || o == s {
		return nil
	}
	return s.ahead(row, func(w *waiter[T]) bool { return w.conflict.mode == Update })
}

// ahead returns the session of the first statement that waits for a row, is as asked for, and
// has come before the next wait of s.
func (s *session[T]) ahead(row rowID, is func(*waiter[T]) bool) []holder[T] {
	for _, w := range s.store.waiters {
		if (s.queued == 0 || w.seq < s.queued) && w.conflict.row == row && is(w) {
			return []holder[T]{{session: w.session, row: row, at: -1, isAhead: true}}
		}
	}
	return nil
}
