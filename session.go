package tasktwin

import "context"

type sessionKey struct{}

// WithSession returns a context that names the session whose statements run under
// it: a transaction, or statements outside of one. The name stands in the answers to
// who waits for whom ([Wait]), and has no other effect. A transaction has the name
// that is in the context of its InTx. In pgdb, on connections that are configured by
// pgdb.ParseConfig, as those of pgdb.Open are, it is the application_name of the
// connection, for which PostgreSQL takes up to 63 ASCII characters.
func WithSession(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, sessionKey{}, name)
}

// SessionName returns the name that [WithSession] has put into a context, else "".
func SessionName(ctx context.Context) string {
	name, _ := ctx.Value(sessionKey{}).(string)
	return name
}

// Wait is a statement that waits for other sessions to end.
type Wait struct {
	// Session is the name of the session whose statement waits: see [WithSession].
	Session string
	// For are the names of the sessions that it waits for, in the order of their
	// names.
	For []string
	// Table and Key are what it waits for: a row by its primary key, or a key of a
	// unique index, such as "(id)=(…)" or "(owner_id, lower(name))=(…)". They are
	// empty where the engine cannot tell.
	Table, Key string
}
