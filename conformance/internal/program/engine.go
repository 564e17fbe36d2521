package program

import (
	"context"
	"fmt"
	"reflect"

	"github.com/google/uuid"
)

// Engine runs operations, outside of transactions or in one.
type Engine struct {
	// Call calls a method.
	Call func(ctx context.Context, op Op) (any, error)
	// InTx runs fn in a transaction or, if the engine is itself a transaction, in a
	// savepoint. A nil opts means the default.
	InTx func(ctx context.Context, fn func(Engine) error, opts any) error
	// Probe makes a call that changes nothing. Its error tells whether the
	// transaction is aborted.
	Probe func(ctx context.Context) error
	// Dump returns every row of every table. It is nil if the engine has no dump.
	Dump func(ctx context.Context) (any, error)
	// Fork returns an independent copy of the engine: neither sees what the other
	// one writes later. Fork is nil if the engine never has a copy, as in a
	// transaction, and returns false if it cannot make one.
	Fork func() (Engine, bool)
}

// Interface describes the methods that operations call. Each takes a context and
// one argument, and returns at most one value and an error.
type Interface struct {
	methods reflect.Type
	options reflect.Type
	names   map[string]uuid.UUID
}

// InterfaceOf returns the Interface of the interface type Q. O is a struct of
// options; the argument of [OpBegin] is a pointer to it.
func InterfaceOf[Q, O any]() Interface {
	return Interface{methods: reflect.TypeFor[Q](), options: reflect.TypeFor[*O]()}
}

// WithNames returns the interface with names for ids, which [Interface.Parse] reads
// in place of them.
func (i Interface) WithNames(names map[string]uuid.UUID) Interface {
	i.names = names
	return i
}

// Type returns the interface type.
func (i Interface) Type() reflect.Type { return i.methods }

// argType returns the type of an operation's argument, or nil if it takes none. ok
// is false if there is no such operation.
func (i Interface) argType(name string) (t reflect.Type, ok bool) {
	switch name {
	case OpBegin:
		return i.options, true
	case OpCommit, OpRollback, OpSavepoint, OpRelease, OpPanic, OpCutOff, OpCancel, OpFork:
		return nil, true
	}
	m, ok := i.methods.MethodByName(name)
	if !ok {
		return nil, false
	}
	return m.Type.In(1), true // after the context
}

// Caller returns a function that calls the methods of a value by reflection.
func (i Interface) Caller(value any) func(context.Context, Op) (any, error) {
	v := reflect.ValueOf(value)
	return func(ctx context.Context, op Op) (any, error) {
		if _, ok := i.methods.MethodByName(op.Name); !ok {
			return nil, fmt.Errorf("conformance: there is no method %s", op.Name)
		}
		out := v.MethodByName(op.Name).Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(op.Arg)})
		err, _ := reflect.TypeAssert[error](out[len(out)-1])
		if len(out) == 1 {
			return struct{}{}, err
		}
		return out[0].Interface(), err
	}
}
