package shadow_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/intercept"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/shadow"
)

// stub is a store that answers by a function.
type stub struct{ intercept.Store }

func (stub) InTx(context.Context, func(tasktwin.Store) error, *tasktwin.TxOptions) error { return nil }

// answering returns a stub. The function may return nil for the zero value.
func answering(answer func(ctx context.Context, method string, arg any) (any, error)) tasktwin.Store {
	return stub{intercept.New(memdb.New(memdb.Options{}), func(
		ctx context.Context, name string, arg any, _ func(tasktwin.Store, any) (any, error),
	) (any, error) {
		return answer(ctx, name, arg)
	})}
}

// always returns a stub that always gives the same answer.
func always(value any, err error) tasktwin.Store {
	return answering(func(context.Context, string, any) (any, error) { return value, err })
}

// reports collects differences.
type reports struct{ list []shadow.Difference }

func (r *reports) add(d shadow.Difference) { r.list = append(r.list, d) }

// open returns a shadow store that is closed at the end of the test.
func open(t *testing.T, primary, secondary tasktwin.Store, opts shadow.Options) *shadow.Store {
	t.Helper()
	s, err := shadow.New(primary, secondary, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// settled waits until all is compared, and returns the counts.
func settled(t *testing.T, s *shadow.Store) shadow.Stats {
	t.Helper()
	if err := s.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s.Stats()
}

// call calls a method with the zero value of its argument.
func call(t *testing.T, s tasktwin.Store, method reflect.Method) error {
	t.Helper()
	arg := reflect.Zero(method.Type.In(1))
	out := reflect.ValueOf(s).MethodByName(method.Name).Call([]reflect.Value{reflect.ValueOf(t.Context()), arg})
	err, _ := reflect.TypeAssert[error](out[len(out)-1])
	return err
}
