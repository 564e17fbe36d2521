package stores_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/memdb"
)

// Methods are called by name, and only with an argument of the right type.
func TestCallsByName(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	insert := program.Op{Name: "InsertUser", Arg: tasktwin.InsertUserParams{ID: program.ID(1), Username: "ada"}}
	out, err := stores.Call(t.Context(), db, insert)
	require.NoError(t, err)
	user, ok := out.(tasktwin.User)
	require.True(t, ok)
	require.Equal(t, "ada", user.Username)
	_, err = stores.Call(t.Context(), db, program.Op{Name: "InsertUser", Arg: 1})
	require.EqualError(t, err, "conformance: the argument is a int: it must be a tasktwin.InsertUserParams")
	_, err = stores.Call(t.Context(), db, program.Op{Name: "Nope"})
	require.EqualError(t, err, "conformance: there is no method Nope")
	for method := range stores.Methods.Type().Methods() {
		_, err := stores.Call(t.Context(), db, program.Op{Name: method.Name})
		require.ErrorContains(t, err, "the argument is a <nil>", method.Name)
	}
}
