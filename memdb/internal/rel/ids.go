package rel

// PostgreSQL gives each transaction and each savepoint in it an id when it first writes, the outer
// ones before the inner ones. Who waits for several of them that have locked a row waits in the
// order of their ids.

// note adds an entry to the transaction's log.
func (s *session[T]) note(kind entryKind, row rowID) {
	s.giveID()
	s.log = append(s.log, newEntry(kind, row))
}

// giveID gives the transaction and its open savepoints ids, as far as they have none. PostgreSQL
// does that before an insert, update or delete looks whether it has to wait, and after an upsert
// or a key share has waited.
func (s *session[T]) giveID() {
	if s.hasID {
		return
	}
	s.hasID = true
	if s.id == 0 {
		s.id = s.store.nextID()
	}
	for i := range s.saves {
		if s.saves[i].id == 0 {
			s.saves[i].id = s.store.nextID()
		}
	}
}

func (s *Store[T]) nextID() uint64 {
	s.ids++
	return s.ids
}

// idAt returns the id of the innermost savepoint that has made an entry of the log, or that of the
// transaction. It is the highest one around the entry.
func (s *session[T]) idAt(at int) uint64 {
	id := s.id
	for _, open := range s.saves {
		if open.entries <= at {
			id = max(id, open.id)
		}
	}
	for _, ended := range s.released {
		if ended.from <= at && at < ended.to {
			id = max(id, ended.id)
		}
	}
	return id
}
