package program_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

func TestTextOfLists(t *testing.T) {
	t.Parallel()
	id := program.ID
	for text, list := range map[string][]uuid.UUID{
		"null":                                   nil,
		"[]":                                     {},
		"[00000000-0000-0000-0000-000000000001]": {id(1)},
		"[00000000-0000-0000-0000-000000000002,00000000-0000-0000-0000-000000000002]": {id(2), id(2)},
	} {
		op := program.Op{Name: "GetTasksByWorkspaceIDs", Arg: list}
		assert.Equal(t, "GetTasksByWorkspaceIDs "+text, op.String())
		p, err := stores.Methods.Parse(op.String())
		require.NoError(t, err, text)
		assert.Equal(t, program.Program{op}, p, text)
	}
	named := stores.Methods.WithNames(map[string]uuid.UUID{"w1": id(1), "w2": id(2)})
	op, err := named.ParseOp("A: GetTasksByWorkspaceIDs [w1,w2]")
	require.NoError(t, err)
	assert.Equal(t, []uuid.UUID{id(1), id(2)}, op.Arg)
	for text, want := range map[string]string{
		"":            "takes one value, and has 0",
		"w1":          "is no list in brackets",
		"[w1":         "is no list in brackets",
		"[w1, w2]":    "takes one value, and has 2",
		"[w1,,w2]":    "has an empty element",
		"[w1,nobody]": "element 2: nobody",
	} {
		_, err := named.ParseOp("GetTasksByWorkspaceIDs " + text)
		require.ErrorContains(t, err, want, text)
	}
}

// Only the one id matters, in one of the lists.
func TestShrinkLists(t *testing.T) {
	t.Parallel()
	fails := func(_ context.Context, p program.Program) (bool, error) {
		return slices.ContainsFunc(p, func(op program.Op) bool {
			ids, ok := op.Arg.([]uuid.UUID)
			return ok && op.Name == "GetTasksByWorkspaceIDs" && len(ids) > 0 && slices.Max(bytesOf(ids)) >= 3
		}), nil
	}
	p := program.Program{
		{Name: "GetWorkspaceAppStatusesByAppIDs", Arg: []uuid.UUID{program.ID(3)}},
		{Name: "GetTasksByWorkspaceIDs", Arg: []uuid.UUID{program.ID(1), program.ID(3), program.ID(2), program.ID(1)}},
		{Name: "GetTasksByWorkspaceIDs", Arg: []uuid.UUID(nil)},
	}
	before := p.String()
	shrunk, err := program.Shrink(t.Context(), stores.Methods, p, fails)
	require.NoError(t, err)
	assert.Equal(t, "GetTasksByWorkspaceIDs [00000000-0000-0000-0000-000000000003]\n", shrunk.String())
	assert.Equal(t, before, p.String(), "the program itself has changed")
}

func bytesOf(ids []uuid.UUID) (last []byte) {
	for _, id := range ids {
		last = append(last, id[15])
	}
	return last
}
