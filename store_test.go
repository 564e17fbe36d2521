package tasktwin_test

import (
	"testing"

	"github.com/tasktwin/tasktwin"
)

func TestTxOptionsValidate(t *testing.T) {
	t.Parallel()
	for isolation, want := range map[tasktwin.IsolationLevel]string{
		"": "", tasktwin.ReadCommitted: "", tasktwin.RepeatableRead: "", tasktwin.Serializable: "",
		"chaos": `tasktwin: TxOptions.Isolation: unknown isolation level "chaos"`,
	} {
		expectError(t, (&tasktwin.TxOptions{Isolation: isolation}).Validate(), want)
	}
	expectError(t, (*tasktwin.TxOptions)(nil).Validate(), "")
}

func TestTxOptionsOfASavepoint(t *testing.T) {
	t.Parallel()
	const (
		isolation = `tasktwin: TxOptions.Isolation: a savepoint cannot have "repeatable read" in a transaction that has "read committed"`
		readOnly  = "tasktwin: TxOptions.ReadOnly: a savepoint cannot have true in a transaction that has false"
	)
	for _, c := range []struct {
		savepoint, tx *tasktwin.TxOptions
		want          string
	}{
		{nil, nil, ""},
		{nil, &tasktwin.TxOptions{Isolation: tasktwin.Serializable, ReadOnly: true}, ""},
		{&tasktwin.TxOptions{}, &tasktwin.TxOptions{Isolation: tasktwin.Serializable, ReadOnly: true}, ""},
		{&tasktwin.TxOptions{Isolation: tasktwin.ReadCommitted}, nil, ""},
		{&tasktwin.TxOptions{Isolation: tasktwin.ReadCommitted}, &tasktwin.TxOptions{}, ""},
		{
			&tasktwin.TxOptions{Isolation: tasktwin.Serializable, ReadOnly: true},
			&tasktwin.TxOptions{Isolation: tasktwin.Serializable, ReadOnly: true}, "",
		},
		{&tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead}, nil, isolation},
		{
			&tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead, ReadOnly: true},
			&tasktwin.TxOptions{Isolation: tasktwin.ReadCommitted}, isolation,
		},
		{&tasktwin.TxOptions{ReadOnly: true}, nil, readOnly},
		{&tasktwin.TxOptions{ReadOnly: true}, &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead}, readOnly},
		{&tasktwin.TxOptions{Isolation: "chaos", ReadOnly: true}, nil, `tasktwin: TxOptions.Isolation: unknown isolation level "chaos"`},
	} {
		expectError(t, c.savepoint.ValidateSavepoint(c.tx), c.want)
	}
}

// expectError asserts an error's text. An empty text means no error.
func expectError(t *testing.T, err error, want string) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
