package dumpfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/tasktwin/tasktwin"
)

func refused(t *testing.T, data []byte, want ...error) string {
	t.Helper()
	rows, info, err := ReadWithInfo(bytes.NewReader(data))
	holds(t, err != nil)
	holds(t, rows == nil, rows)
	holds(t, info == nil, info)
	for _, w := range want {
		if errors.Is(err, w) {
			return err.Error()
		}
	}
	t.Fatalf("error %v, want one of %v", err, want)
	return ""
}

// lines returns the lines of a file without the end line.
func lines(t testing.TB, d *tasktwin.Dump) []string {
	t.Helper()
	all := strings.SplitAfter(strings.TrimSuffix(string(file(t, d)), "\n"), "\n")
	return all[:len(all)-1]
}

// ended appends the correct end line to the lines.
func ended(lines []string) []byte {
	content := strings.Join(lines, "")
	sum := sha256.Sum256([]byte(content))
	rows, table := map[string]int{}, ""
	for _, line := range lines {
		if rest, ok := strings.CutPrefix(line, `{"table":"`); ok {
			table, _, _ = strings.Cut(rest, `"`)
			rows[table] = 0
		} else if strings.HasPrefix(line, "[") {
			rows[table]++
		}
	}
	var counts []string
	for table, n := range rows {
		counts = append(counts, fmt.Sprintf("%q:%d", table, n))
	}
	return fmt.Appendf([]byte(content), `{"end":{"rows":{%s},"sha256":"%s"}}`+"\n", strings.Join(counts, ","), hex.EncodeToString(sum[:]))
}

// Errors name wrong content in files whose checksums are all correct.
func TestWrongContentIsNamed(t *testing.T) {
	t.Parallel()
	good := lines(t, sampleRows())
	_, _, err := ReadWithInfo(bytes.NewReader(ended(good)))
	noError(t, err, "the content as it is")
	// edit replaces the first old in the first line that begins with begin.
	edit := func(begin, old, with string) []string {
		out := append([]string{}, good...)
		for i, line := range out {
			if strings.HasPrefix(line, begin) && strings.Contains(line, old) {
				out[i] = strings.Replace(line, old, with, 1)
				return out
			}
		}
		t.Fatalf("no line begins with %s and has %s", begin, old)
		return nil
	}
	without := func(begin string) []string {
		var out []string
		for _, line := range good {
			if !strings.HasPrefix(line, begin) {
				out = append(out, line)
			}
		}
		holds(t, len(out) < len(good))
		return out
	}
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"version 0":              {edit("{", `"version":1`, `"version":0`), "line 1: the format's version is 0"},
		"a long header":          {edit("{", by, strings.Repeat("x", maxMark)), "line 1: it has more than 65536 bytes"},
		"a long object":          {edit(`{"table":"users"`, `"users"`, `"`+strings.Repeat("x", maxMark)+`"`), "bytes: it may have 65536"},
		"a field more":           {edit("{", `"version":1`, `"version":1,"more":2`), `"more"`},
		"two objects":            {edit("{", "}", "}{}"), "something follows the object"},
		"not JSON":               {edit("{", `dump",`, `dump",,`), "line 1: it is not an object"},
		"an empty line":          {append(good[:1:1], append([]string{"\n"}, good[1:]...)...), "line 2: it is neither"},
		"no table":               {without(`{"table":"users"`), "line 4: table organizations, row 2, column created_at"},
		"no last table":          {good[:len(good)-2], "the table " + tables[len(tables)-1].name + " is missing"},
		"an unknown table":       {edit(`{"table":"users"`, "users", "user"), `there is no table "user"`},
		"a table more":           {append(slices.Clip(good), "{\"table\":\"more\"}\n"), `there is no table "more"`},
		"a table twice":          {append(slices.Clip(good), `{"table":"users"}`+"\n"), "the table users is there twice"},
		"a table twice before":   {edit(`{"table":"tasks"`, "tasks", "users"), "the table users is there twice"},
		"tables out of order":    {edit(`{"table":"users"`, "users", "tasks"), "the table users is missing before tasks"},
		"an unknown column":      {edit(`{"table":"users"`, `"email"`, `"mail"`), `the table users has no column "mail"`},
		"a column less":          {edit(`{"table":"users"`, `"email",`, ``), `the column email of the table users is missing`},
		"columns in other order": {edit(`{"table":"users"`, `"id","email"`, `"email","id"`), `not in the order id, email`},
		"a value less":           {edit("[", ",true]", "]"), "table organizations, row 1, column deleted"},
		"a value more":           {edit("[", ",true]", ",true,1]"), "does not end after its 6 columns"},
		"something after a row":  {edit("[", "]", "],"), "does not end after its 6 columns"},
		"a row that is repeated": {edit("[", "\n", "\n"+good[2]), "not in the order of their primary key"},
		"not a boolean":          {edit("[", ",true]", ",1]"), "column deleted: it is not true or false"},
		"null":                   {edit("[", ",true]", ",null]"), "column deleted: it is not true or false"},
		"not a time":             {edit("[", "-4713-11-24T", "yesterday"), "column created_at: it is not a time"},
		"not a uuid":             {edit("[", "00000000-", "00000000+"), "column id: it is not a uuid"},
		"a uuid in upper case":   {edit("[", "-00000000000f", "-00000000000F"), "column id: it is not a uuid"},
		"a uuid in braces": {
			edit("[", `"00000000-0000-0000-0000-000000000001"`, `"{00000000-0000-0000-0000-000000000001}"`), "column id: it is not a uuid",
		},
		"not a number":          {edit("[", "-2147483648", "1.5"), "table workspace_builds, row 1, column transition: it is not an array"},
		"too great a number":    {edit("[", "-2147483648", "2147483648"), "column build_number: it is not an integer of 32 bits"},
		"a number as text":      {edit("[", "-2147483648", `"1"`), "column build_number: it is not an integer of 32 bits"},
		"zeros before a number": {edit("[", "-2147483648", `01`), "column build_number: it is not an integer of 32 bits"},
		"an unknown reason": {
			edit("[", "task_auto_pause", "whim"), `column reason: it is not a value of build_reason that tasktwin knows: "whim"`,
		},
		"text that is a number": {edit("[", `"a@example.com"`, `1`), "column email: it is not a string"},
		"half a character":      {edit("[", `"a@example.com"`, `"\ud800"`), `a string has a \u that is no character`},
		"not UTF-8":             {edit("[", "a@example.com", "\xff"), "a string is not valid UTF-8"},
		"a NULL uuid that is 1": {
			edit("[", `null,"00000000-0000-0000-0000-000000000001"`, `1,"00000000-0000-0000-0000-000000000001"`),
			"column template_id: it is not a uuid in lower case, or null",
		},
		"an object in a row":    {edit("[", `,true]`, `,{"deleted":true}]`), "column deleted: it is not one of JSON's strings"},
		"an array in a row":     {edit("[", `,true]`, `,[true]]`), "column deleted: it is not one of JSON's strings"},
		"true in upper case":    {edit("[", `,true]`, `,TRUE]`), "column deleted: it is not one of JSON's strings"},
		"NULL in upper case":    {edit("[", `,null,`, `,NULL,`), "column template_id: it is not one of JSON's strings"},
		"a NULL that is a word": {edit("[", `,null,`, `,nil,`), "column template_id: it is not a uuid in lower case, or null"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := refused(t, ended(c.lines), ErrDamaged)
			contains(t, err, c.want)
		})
	}
	whole := string(ended(good))
	for name, c := range map[string]struct{ content, want string }{
		"a line after the end": {whole + "\n", "something follows the end"},
		"another count":        {strings.Replace(whole, `"users":1`, `"users":2`, 1), "the table users has 1 rows, and the end says 2"},
		"no count": {
			strings.NewReplacer(`"users":1,`, ``, `,"users":1}`, `}`).Replace(whole), "the end does not count the rows of the table users",
		},
		"a count more":            {strings.Replace(whole, `"rows":{`, `"rows":{"more":0,`, 1), `end: rows: there is no key "more"`},
		"another checksum":        {strings.Replace(whole, `"sha256":"`, `"sha256":"0`, 1), "the checksum of the lines before it is"},
		"another row":             {strings.Replace(whole, "a@example.com", "b@example.com", 1), "the checksum of the lines before it is"},
		"a line without an end":   {good[0] + strings.Repeat("x", MaxRow+1), "line 2: it has more than 67108864 bytes"},
		"a line that is too long": {good[0] + strings.Repeat("x", MaxRow+1) + "\n", "line 2: it has more than 67108864 bytes"},
	} {
		t.Run("content with "+name, func(t *testing.T) {
			t.Parallel()
			err := refused(t, []byte(c.content), ErrDamaged)
			contains(t, err, c.want)
		})
	}
}

// Other files, and dumps that end early or are newer, are told apart from damage.
func TestOtherFiles(t *testing.T) {
	t.Parallel()
	whole := string(file(t, sampleRows()))
	_, rest, _ := strings.Cut(whole, "\n")
	for name, c := range map[string]struct {
		data string
		kind error
		want string
	}{
		"nothing":      {"", ErrCutOff, ""},
		"a log":        {"case_id,activity,start,end\n", ErrNotADump, `it begins with "case_id,activity,start,end"`},
		"a letter":     {"x", ErrNotADump, `it begins with "x"`},
		"a long line":  {strings.Repeat("x", 1<<20), ErrNotADump, `it begins with "xxxx`},
		"other JSON":   {`{"users":[]}` + "\n", ErrNotADump, ""},
		"no header":    {rest, ErrNotADump, ""},
		"other format": {strings.Replace(whole, name, "tasktwin lump", 1), ErrNotADump, ""},
		"compressed":   {"\x50\x2a\x4d\x18\x10\x00\x00\x00tasktwin dump 1\n", ErrNotADump, "it is compressed"},
		"gzip":         {"\x1f\x8b\x08\x00", ErrNotADump, "it is compressed by gzip; gunzip unpacks it"},
		"CR LF": {
			strings.ReplaceAll(whole, "\n", "\r\n"), ErrDamaged, "line 1: it ends with CR LF, and lines of a dump end with LF. Git's core.autocrlf",
		},
		"CR LF at the end": {
			strings.TrimSuffix(whole, "\n") + "\r\n", ErrDamaged, "it ends with CR LF",
		},
		"a log with CR LF": {"case_id\r\n", ErrNotADump, `it begins with "case_id`},
		"newer": {
			strings.Replace(whole, `"version":1`, `"version":2`, 1), ErrNewer, "it is in version 2, and this program reads up to version 1",
		},
		"newer with other keys": {
			`{"format":"tasktwin dump","version":12,"colour":"red"}` + "\n", ErrNewer, "it is in version 12, and this program reads up to version 1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			contains(t, refused(t, []byte(c.data), c.kind), c.want)
		})
	}
}

func TestNilArguments(t *testing.T) {
	t.Parallel()
	_, read := Read(nil)
	_, verify := Verify(nil)
	for want, err := range map[string]error{
		"dumpfile: Read: r is nil":   read,
		"dumpfile: Verify: r is nil": verify,
		"dumpfile: Write: w is nil":  Write(nil, &tasktwin.Dump{}),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("%v, and not %s", err, want)
		}
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	t.Parallel()
	data := file(t, sampleRows())
	for size := range data {
		refused(t, data[:size], ErrCutOff)
	}
}

func TestEveryFlippedBitIsRefused(t *testing.T) {
	t.Parallel()
	data := file(t, sampleRows())
	for i := range data {
		for bit := range 8 {
			if testing.Short() && bit != i%8 {
				continue
			}
			bad := bytes.Clone(data)
			bad[i] ^= 1 << bit
			refused(t, bad, ErrNotADump, ErrNewer, ErrCutOff, ErrDamaged, ErrSchema)
		}
	}
}

func TestWritingRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*tasktwin.Dump)
		want   string
	}{
		"an unknown reason": {
			func(d *tasktwin.Dump) { d.WorkspaceBuilds[0].Reason = "whim" },
			`table workspace_builds, row 1 (id 00000000-0000-0000-0000-000000000009), ` +
				`column reason: "whim" is not a value of build_reason that tasktwin knows`,
		},
		"text that is not UTF-8": {
			func(d *tasktwin.Dump) { d.Users[0].Email = "\xff" },
			`table users, row 1 (id 00000000-0000-0000-0000-000000000002), column email: it is not valid UTF-8: "\xff"`,
		},
		"JSON that is not UTF-8": {
			func(d *tasktwin.Dump) { d.Tasks[0].TemplateParameters = []byte("\xff") }, "column template_parameters: it is not valid UTF-8",
		},
		"rows out of order": {
			func(d *tasktwin.Dump) { d.Tasks[0].ID = id(200) },
			"table tasks, row 2 (id 00000000-0000-0000-0000-00000000000f): the rows are not in the order of their primary key",
		},
		"a row that is too long": {
			func(d *tasktwin.Dump) { d.Tasks[0].Prompt = strings.Repeat("x", MaxRow) }, "bytes, and a row may have 67108864",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sampleRows()
			c.change(d)
			_, err := WriteAs(io.Discard, d, by)
			errorContains(t, err, c.want)
		})
	}
	_, err := WriteAs(io.Discard, nil, by)
	holds(t, err != nil)
	_, err = WriteAs(io.Discard, sampleRows(), strings.Repeat("x", maxMark))
	errorContains(t, err, "it may have 65536")
}

// The longest row that can be written can be read.
func TestLongestRow(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it is long")
	}
	d := sampleRows()
	line := 0
	for _, l := range lines(t, d) {
		if strings.Contains(l, `"null"`) && strings.Contains(l, `"a"`) {
			line = len(l) - 1
		}
	}
	holds(t, line > 0)
	d.Tasks[0].Prompt = strings.Repeat("x", MaxRow-line)
	back, _, err := ReadWithInfo(bytes.NewReader(file(t, d)))
	noError(t, err)
	equal(t, MaxRow-line, len(back.Tasks[0].Prompt))
	d.Tasks[0].Prompt += "x"
	_, err = WriteAs(io.Discard, d, by)
	errorContains(t, err, "67108865 bytes")
}

// I/O errors are not reported as damage of the dump.
func TestErrorsOfTheMedium(t *testing.T) {
	t.Parallel()
	data := file(t, sampleRows())
	for _, size := range []int{0, 4, 20, 30, len(data) / 2, len(data) - 1, len(data)} {
		_, err := Verify(io.MultiReader(bytes.NewReader(data[:size]), iotest.ErrReader(os.ErrDeadlineExceeded)))
		isError(t, err, os.ErrDeadlineExceeded)
		holds(t, !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrCutOff), err)
	}
	for _, r := range []io.Reader{iotest.OneByteReader(bytes.NewReader(data)), iotest.DataErrReader(bytes.NewReader(data))} {
		_, err := Verify(r)
		noError(t, err)
	}
	for size := 0; size < len(data); size += 31 {
		_, err := WriteAs(&limited{size}, sampleRows(), by)
		isError(t, err, io.ErrShortWrite)
	}
}

// limited is a writer that fails when it is full.
type limited struct{ left int }

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}
