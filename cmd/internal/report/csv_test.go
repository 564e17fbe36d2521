package report

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// download clicks on the button of a table and returns the file that the browser saves.
func (b *tab) download(dir, table string) string {
	b.t.Helper()
	eval[bool](b, `(document.querySelector(`+quote(table+" .save")+`).click(), true)`)
	var name string
	require.Eventually(b.t, func() bool {
		found, err := filepath.Glob(filepath.Join(dir, "*.csv"))
		require.NoError(b.t, err)
		if len(found) == 1 {
			name = found[0]
		}
		return name != ""
	}, time.Minute, 20*time.Millisecond)
	data, err := os.ReadFile(name)
	require.NoError(b.t, err)
	require.NoError(b.t, os.Remove(name))
	return filepath.Base(name) + "\n" + string(data)
}

// downloads lets the browser save files, and returns the folder.
func (b *tab) downloads() (dir string) {
	b.t.Helper()
	dir = b.t.TempDir()
	call(b, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir, BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID,
	})
	return dir
}

// records returns the records of a downloaded file.
func records(t *testing.T, file string) (name string, rows [][]string) {
	t.Helper()
	name, text, _ := strings.Cut(file, "\n")
	require.True(t, strings.HasPrefix(text, "\ufeff"), "spreadsheets need a byte order mark to read UTF-8")
	require.NotContains(t, strings.ReplaceAll(text, "\r\n", ""), "\r")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	return name, rows
}

// A table is saved as CSV: all of its rows, in its order, with numbers as numbers.
func TestTablesAsCSV(t *testing.T) {
	t.Parallel()
	opts := advised()
	opts.Currency = "EUR"
	b := openPage(t, collect(t, few(), opts), desk)
	dir := b.downloads()
	b.openDetails()
	name, rows := records(t, b.download(dir, "#tasks-table"))
	require.Equal(t, "tasks-that-are-shown.csv", name)
	require.Equal(t, []string{
		"Task", "Owner", "Status", "Created (UTC)", "Active (s)", "Idle (s)", "Building (s)", "Failed (s)", "Paused (s)", "Pauses", "ID",
	}, rows[0])
	require.Len(t, rows, 5)
	id := rows[1][10]
	require.Len(t, id, 36)
	require.Equal(t, []string{"Alpha", "Ada", "active", "2026-03-01 12:00:00.000", "7140", "5760", "300", "0", "30000", "1", id}, rows[1])
	b.set("#filter-text", "beta")
	_, rows = records(t, b.download(dir, "#tasks-table"))
	require.Len(t, rows, 2)
	b.set("#filter-text", "")

	name, rows = records(t, b.download(dir, "#sweep-table"))
	require.Equal(t, "policies.csv", name)
	require.Len(t, rows, 21)
	require.Equal(t, []string{
		"Policy", "Cost (EUR)", "Running hours", "Pauses", "Resumes", "Replies", "Waited", "Share",
		"Median wait (s)", "95th percentile (s)", "Pareto-optimal", "Mark",
	}, rows[0])
	require.Equal(t, []string{"pause after 5m", "120", "900", "2600", "2400", "4000", "2000", "0.5", "40", "95", "yes", ""}, rows[1])
	for _, table := range []string{"#states-table", "#longest", "#durations details"} {
		_, rows = records(t, b.download(dir, table))
		require.Greater(t, len(rows), 1, table)
	}
}

// A name that a spreadsheet would take for a formula is marked as text, and quotes,
// commas and line breaks stay in their fields.
func TestCSVHasNoFormulas(t *testing.T) {
	t.Parallel()
	texts := map[string]string{ // from the name to the field
		`=HYPERLINK("https://example.invalid/","click")`: `'=HYPERLINK("https://example.invalid/","click")`,
		"+1+2":                  "'+1+2",
		"-2+3":                  "'-2+3",
		"@SUM(A1)":              "'@SUM(A1)",
		"  =1+1":                "'  =1+1",
		"\tx":                   "'\tx",
		"＝1+1":                  "'＝1+1",
		`a "quoted", name`:      `a "quoted", name`,
		"two\nlines; 'of text'": "two\nlines; 'of text'",
		"a=b":                   "a=b",
		"Müller 日本":             "Müller 日本",
	}
	w := newWorld()
	at := time.Duration(0)
	for text := range texts {
		w.task(text, text, at).start(at)
		at += time.Minute
	}
	b := openPage(t, collect(t, w, Options{Now: t0.Add(time.Hour)}), desk)
	dir := b.downloads()
	b.openDetails()
	_, rows := records(t, b.download(dir, "#tasks-table"))
	var names, owners, want []string
	for _, row := range rows[1:] {
		names, owners = append(names, row[0]), append(owners, row[1])
	}
	for _, field := range texts {
		want = append(want, field)
	}
	require.ElementsMatch(t, want, names)
	require.ElementsMatch(t, want, owners)
}

// A table without rows cannot be saved.
func TestAnEmptyTableIsNotSaved(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, newWorld(), Options{}), desk)
	require.True(t, eval[bool](b, `document.querySelector('#longest .save').disabled`))
}
