package tasktwin

import "context"

type replicaKey struct{}

// WithReplica returns a context under which every read outside of transactions may be
// answered by a replica, and so may miss what was committed last: see
// pgdb.Options.ReadURL. Stores without a replica do as ever.
func WithReplica(ctx context.Context) context.Context {
	return context.WithValue(ctx, replicaKey{}, true)
}

// WithPrimary returns a context under which no read is answered by a replica: reads see
// what was committed before. It is for a list that must have what the same caller has
// just written.
func WithPrimary(ctx context.Context) context.Context {
	return context.WithValue(ctx, replicaKey{}, false)
}

// ReplicaAllowed reports whether a read under ctx may be answered by a replica: what the
// innermost of [WithReplica] and [WithPrimary] says, else what is usual for the read.
func ReplicaAllowed(ctx context.Context, usual bool) bool {
	if allowed, ok := ctx.Value(replicaKey{}).(bool); ok {
		return allowed
	}
	return usual
}
