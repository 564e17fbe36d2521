package cases

import (
	"database/sql"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

// A difference is printed readably: ids as ids, times with zone and microseconds,
// JSON as text, and NULL different from the empty string.
func TestDiffsAreForReaders(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 3600)
	long := json.RawMessage(`["` + strings.Repeat("x", 300) + `", 1]`)
	longer := json.RawMessage(`["` + strings.Repeat("x", 300) + `", 2]`)
	for _, c := range []struct {
		ref, sub any
		want     []string
	}{
		{id(1), id(2), []string{`-s"00000000-0000-0000-0000-000000000001",`, `+s"00000000-0000-0000-0000-000000000002",`}},
		{
			tasktwin.Task{ID: id(1), WorkspaceID: nullUUID(id(3))},
			tasktwin.Task{ID: id(2)},
			[]string{
				`-ID:s"00000000-0000-0000-0000-000000000001",`, `+ID:s"00000000-0000-0000-0000-000000000002",`,
				`-WorkspaceID:uuid.NullUUID{UUID:s"00000000-0000-0000-0000-000000000003",Valid:true},`, "+WorkspaceID:uuid.NullUUID{},",
			},
		},
		{
			tasktwin.Task{CreatedAt: at(0), DeletedAt: nullTime(at(1))},
			tasktwin.Task{CreatedAt: at(0).Add(1000)},
			[]string{
				`-CreatedAt:s"2024-03-0112:00:00+0000UTC",`, `+CreatedAt:s"2024-03-0112:00:00.000001+0000UTC",`,
				`-DeletedAt:sql.NullTime{Time:s"2024-03-0112:01:00+0000UTC",Valid:true},`, "+DeletedAt:sql.NullTime{},",
			},
		},
		{
			tasktwin.Task{CreatedAt: at(0), DeletedAt: nullTime(at(0))},
			tasktwin.Task{CreatedAt: at(0).In(zone), DeletedAt: nullTime(at(0).In(zone))},
			[]string{
				`-CreatedAt:s"2024-03-0112:00:00+0000UTC",`, `+CreatedAt:s"2024-03-0113:00:00+0100+0100",`,
				`-DeletedAt:sql.NullTime{Time:s"2024-03-0112:00:00+0000UTC",Valid:true},`,
				`+DeletedAt:sql.NullTime{Time:s"2024-03-0113:00:00+0100+0100",Valid:true},`,
			},
		},
		{
			tasktwin.Task{TemplateParameters: json.RawMessage(`{"a": "é"}`)},
			tasktwin.Task{TemplateParameters: json.RawMessage(`{"a": 2}`)},
			[]string{"-TemplateParameters:json.RawMessage(`{\"a\":\"é\"}`),", "+TemplateParameters:json.RawMessage(`{\"a\":2}`),"},
		},
		{
			tasktwin.Task{TemplateParameters: json.RawMessage{}},
			tasktwin.Task{},
			[]string{"-TemplateParameters:json.RawMessage{},", "+TemplateParameters:nil,"},
		},
		{tasktwin.TaskSnapshot{LogSnapshot: long}, tasktwin.TaskSnapshot{LogSnapshot: longer}, []string{`-"1",`, `+"2",`}},
		{
			tasktwin.WorkspaceAppStatus{},
			tasktwin.WorkspaceAppStatus{URI: sql.NullString{Valid: true}},
			[]string{"-URI:sql.NullString{},", "+URI:sql.NullString{Valid:true},"},
		},
		{ // a value beside NULL is a difference, too
			tasktwin.WorkspaceAppStatus{},
			tasktwin.WorkspaceAppStatus{URI: sql.NullString{String: "x"}},
			[]string{"-URI:sql.NullString{},", `+URI:sql.NullString{String:"x"},`},
		},
		{[]uuid.UUID{id(1)}, []uuid.UUID{}, []string{`-s"00000000-0000-0000-0000-000000000001",`}},
		{nullOf(tasktwin.BuildReasonCLI), sql.Null[tasktwin.BuildReason]{}, []string{`-{V:"cli",Valid:true},`, "+{},"}},
	} {
		var lines []string
		for line := range strings.Lines(stores.Compare(c.ref, c.sub)) {
			if strings.HasPrefix(line, "-") || strings.HasPrefix(line, "+") {
				lines = append(lines, strings.Join(strings.Fields(line), "")) // cmp's spaces are not stable
			}
		}
		require.Equal(t, c.want, lines)
	}
	require.Empty(t, stores.Compare(tasktwin.Task{CreatedAt: at(0)}, tasktwin.Task{CreatedAt: at(0)}))
}
