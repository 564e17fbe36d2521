package rel

import "testing"

// A statement that reads in parts keeps its state, whatever others write between the parts, in a
// store whose short reads leave no mark, too.
func TestReadingKeepsItsState(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*Store[library]{"marks": newStore(), "places": newBusyStore(t)} {
		mustInsert(t, s, 100)
		want := 0
		r, err := StartReading(t.Context(), s, nil, func(st *State[library]) { want = st.Tables.authors.Len() })
		expect(t, name, err, "<nil>")
		mustInsert(t, s, 101)
		err = r.Read(t.Context(), func(st *State[library]) {
			if got := st.Tables.authors.Len(); got != want || st != r.State() {
				t.Errorf("%s: %d authors in a state that had %d", name, got, want)
			}
		})
		expect(t, name, err, "<nil>")
	}
}
