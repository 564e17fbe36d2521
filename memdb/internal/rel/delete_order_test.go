package rel

import "testing"

// The expected results are PostgreSQL's for a delete of row a1: the violated constraint,
// or the remaining rows.
func TestDeleteInPostgresOrder(t *testing.T) {
	t.Parallel()
	const a, b, c, d, e = 0, 1, 2, 3, 4 // the tables
	for _, test := range []struct {
		name string
		keys []graphKey // in the order of their creation
		rows []graphRow
		want string
	}{
		{
			"NO ACTION looks in its turn, before a cascade that was created later",
			[]graphKey{{b, 0, a, NoAction}, {b, 1, a, Cascade}},
			[]graphRow{rowOf(a, 1), rowOf(b, 1, 1, 1)},
			"b0_a",
		},
		{
			"NO ACTION looks in its turn, after a cascade that was created before",
			[]graphKey{{b, 1, a, Cascade}, {b, 0, a, NoAction}},
			[]graphRow{rowOf(a, 1), rowOf(b, 1, 1, 1)},
			"",
		},
		{
			"RESTRICT looks in its turn, after a cascade that was created before",
			[]graphKey{{b, 1, a, Cascade}, {b, 0, a, Restrict}},
			[]graphRow{rowOf(a, 1), rowOf(b, 1, 1, 1)},
			"",
		},
		{
			"the cascades of one level come before what they queue, RESTRICT",
			[]graphKey{{b, 0, a, Cascade}, {c, 0, b, Restrict}, {c, 1, a, Cascade}},
			[]graphRow{rowOf(a, 1), rowOf(b, 1, 1), rowOf(c, 1, 1, 1)},
			"",
		},
		{
			"the cascades of one level come before what they queue, NO ACTION",
			[]graphKey{{c, 1, a, Cascade}, {b, 0, a, Cascade}, {c, 0, b, NoAction}},
			[]graphRow{rowOf(a, 1), rowOf(b, 1, 1), rowOf(c, 1, 1, 1)},
			"",
		},
		{
			"a cascade two levels below comes too late for RESTRICT",
			[]graphKey{{b, 0, a, Cascade}, {c, 0, b, Cascade}, {d, 0, c, Cascade}, {d, 1, b, Restrict}},
			[]graphRow{rowOf(a, 1), rowOf(b, 1, 1), rowOf(c, 1, 1), rowOf(d, 1, 1, 1)},
			"d1_b",
		},
		{
			"a cascade three levels below comes too late for NO ACTION",
			[]graphKey{{b, 0, a, Cascade}, {c, 0, b, Cascade}, {d, 0, c, Cascade}, {e, 0, d, Cascade}, {e, 1, c, NoAction}},
			[]graphRow{rowOf(a, 1), rowOf(b, 1, 1), rowOf(c, 1, 1), rowOf(d, 1, 1), rowOf(e, 1, 1, 1)},
			"e1_c",
		},
		{
			"of two violations the one nearer to the deleted row is reported",
			[]graphKey{{b, 0, a, Cascade}, {c, 0, b, Restrict}, {d, 0, a, NoAction}},
			[]graphRow{rowOf(a, 1), rowOf(b, 1, 1), rowOf(c, 1, 1), rowOf(d, 1, 1)},
			"d0_a",
		},
		{
			"of two violations on one level the one of the key created first is reported",
			[]graphKey{{b, 0, a, Cascade}, {d, 0, b, NoAction}, {c, 0, b, Restrict}},
			[]graphRow{rowOf(a, 1), rowOf(b, 1, 1), rowOf(c, 1, 1), rowOf(d, 1, 1)},
			"d0_b",
		},
		{
			"of two violations the one of the row deleted first is reported",
			[]graphKey{{b, 0, a, Cascade}, {c, 0, b, Restrict}, {d, 0, b, NoAction}},
			[]graphRow{rowOf(a, 1), rowOf(b, 1, 1), rowOf(b, 2, 1), rowOf(c, 1, 2), rowOf(d, 1, 1)},
			"d0_b",
		},
		{
			"a row that two cascades reach is deleted once",
			[]graphKey{{b, 0, a, Cascade}, {c, 0, a, Cascade}, {d, 0, b, Cascade}, {d, 1, c, Cascade}},
			[]graphRow{rowOf(a, 1), rowOf(a, 2), rowOf(b, 1, 1), rowOf(c, 1, 1), rowOf(d, 1, 1, 1), rowOf(d, 2, 0, 1), rowOf(d, 3)},
			"a2 d3",
		},
		{
			"a cascade follows a table that refers to itself",
			[]graphKey{{a, 0, a, Cascade}, {b, 0, a, Cascade}},
			[]graphRow{rowOf(a, 1), rowOf(a, 2, 1), rowOf(a, 3, 2), rowOf(a, 4), rowOf(b, 1, 3), rowOf(b, 2, 4)},
			"a4 b2",
		},
		{
			"other parents keep no row",
			[]graphKey{{c, 0, a, Cascade}, {c, 1, b, Restrict}, {c, 2, a, NoAction}},
			[]graphRow{rowOf(a, 1), rowOf(a, 2), rowOf(b, 1), rowOf(c, 1, 1, 1, 2), rowOf(c, 2, 2, 1, 0)},
			"a2 b1 c2",
		},
	} {
		defs, st := newGraph(t, test.keys, test.rows)
		err := defs[a].Delete(st, nodeSlot(st, defs, a, 1))
		got := st.Tables.remaining()
		if err != nil {
			got = violated(err)
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
