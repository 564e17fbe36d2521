package dumpfile

import (
	"bytes"
	"context"
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

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
)

func refused(t *testing.T, data []byte, want ...error) string {
	t.Helper()
	rows, info, err := Read(t.Context(), bytes.NewReader(data))
	require.Error(t, err)
	require.Nil(t, rows)
	require.Nil(t, info)
	for _, w := range want {
		if errors.Is(err, w) {
			return err.Error()
		}
	}
	require.Fail(t, "not refused as it should be", "%v, want one of %v", err, want)
	return ""
}

func TestEveryFlippedBitIsRefused(t *testing.T) {
	t.Parallel()
	for _, data := range [][]byte{file(t, empty(t)), file(t, sampleRows())} {
		for i := range data {
			for bit := range 8 {
				if testing.Short() && bit != i%8 {
					continue
				}
				bad := bytes.Clone(data)
				bad[i] ^= 1 << bit
				refused(t, bad, ErrNotADump, ErrNewer, ErrCutOff, ErrDamaged)
			}
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

func TestWhatFollowsIsRefused(t *testing.T) {
	t.Parallel()
	data := file(t, sampleRows())
	for name, more := range map[string][]byte{
		"a byte":             {0},
		"a new line":         []byte("\n"),
		"text":               []byte(strings.Repeat("more ", 100)),
		"its last frame":     data[len(data)-lastSize:],
		"itself":             data,
		"a frame to skip":    frame(lastMagic, strings.Repeat("x", 200)),
		"an empty frame":     frame(lastMagic, ""),
		"a frame of content": pack(t, []byte("more\n")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, append(bytes.Clone(data), more...), ErrDamaged, ErrCutOff)
		})
	}
}

func TestOtherFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":          {nil, ErrCutOff},
		"a log":            {[]byte("case_id,activity,start,end\n"), ErrNotADump},
		"a long log":       {[]byte(strings.Repeat("case_id,activity,start,end\n", 100)), ErrNotADump},
		"a letter":         {[]byte("P-"), ErrNotADump},
		"Zstandard":        {pack(t, []byte(strings.Repeat("text\n", 100))), ErrNotADump},
		"a frame":          {frame(firstMagic, strings.Repeat("other\n", 5)), ErrNotADump},
		"a long frame":     {frame(firstMagic, strings.Repeat("other\n", 50)), ErrNotADump},
		"an empty frame":   {append(frame(firstMagic, ""), make([]byte, 200)...), ErrNotADump},
		"version 0":        {append(frame(firstMagic, title(0)), make([]byte, 200)...), ErrDamaged},
		"version 01":       {append(frame(firstMagic, "tasktwin dump 01\n"), make([]byte, 200)...), ErrDamaged},
		"version none":     {append(frame(firstMagic, "tasktwin dump \n"), make([]byte, 200)...), ErrDamaged},
		"the next version": {append(frame(firstMagic, title(Version+1)), make([]byte, 200)...), ErrNewer},
		"version 1000":     {append(frame(firstMagic, title(1000)), make([]byte, 200)...), ErrNewer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := refused(t, c.data, c.want)
			if errors.Is(c.want, ErrNewer) {
				require.Contains(t, err, fmt.Sprintf("this program reads up to version %d", Version))
			}
		})
	}
}

// pack compresses content.
func pack(t testing.TB, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	enc, err := zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window))
	require.NoError(t, err)
	_, err = enc.Write(content)
	require.NoError(t, err)
	require.NoError(t, enc.Close())
	return out.Bytes()
}

// sealed returns a file with this content and the correct checksum.
func sealed(t testing.TB, content []byte) []byte {
	t.Helper()
	data := append(frame(firstMagic, title(Version)), pack(t, content)...)
	sum := sha256.Sum256(data)
	return append(data, lastFrame(sum[:])...)
}

// lines returns the lines of a file's content without the end line.
func lines(t testing.TB, d *tasktwin.Dump) []string {
	t.Helper()
	dec, err := zstd.NewReader(bytes.NewReader(file(t, d)), zstd.WithDecoderConcurrency(1))
	require.NoError(t, err)
	defer dec.Close()
	content, err := io.ReadAll(dec)
	require.NoError(t, err)
	all := strings.SplitAfter(strings.TrimSuffix(string(content), "\n"), "\n")
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
	_, _, err := Read(t.Context(), bytes.NewReader(sealed(t, ended(good))))
	require.NoError(t, err, "the content as it is")
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
		require.Less(t, len(out), len(good))
		return out
	}
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"no header":              {good[1:], "line 1 of its content"},
		"another format":         {edit("{", name, "tasktwin lump"), `format "tasktwin lump", version 1`},
		"another version":        {edit("{", `"version":1`, `"version":2`), "version 2"},
		"a long header":          {edit("{", by, strings.Repeat("x", maxMark)), "bytes: it may have 65536"},
		"a field more":           {edit("{", `"version":1`, `"version":1,"more":2`), `"more"`},
		"two objects":            {edit("{", "}", "}{}"), "something follows the object"},
		"not JSON":               {edit("{", "{", "{,"), "line 1 of its content: it is not an object"},
		"an empty line":          {append(good[:1:1], append([]string{"\n"}, good[1:]...)...), "line 2 of its content: it is neither"},
		"no table":               {without(`{"table":"users"`), "line 4 of its content: table organizations, column created_at"},
		"no last table":          {good[:len(good)-2], "the table " + tables[len(tables)-1].name + " is missing"},
		"an unknown table":       {edit(`{"table":"users"`, "users", "user"), `there is no table "user"`},
		"a table more":           {append(slices.Clip(good), "{\"table\":\"more\"}\n"), `there is no table "more"`},
		"a table twice":          {append(slices.Clip(good), `{"table":"users"}`+"\n"), "the table users is there twice"},
		"a table twice before":   {edit(`{"table":"tasks"`, "tasks", "users"), "the table users is there twice"},
		"tables out of order":    {edit(`{"table":"users"`, "users", "tasks"), "the table users is missing before tasks"},
		"an unknown column":      {edit(`{"table":"users"`, `"email"`, `"mail"`), `the table users has no column "mail"`},
		"a column less":          {edit(`{"table":"users"`, `"email",`, ``), `the column email of the table users is missing`},
		"columns in other order": {edit(`{"table":"users"`, `"id","email"`, `"email","id"`), `not in the order id, email`},
		"a value less":           {edit("[", ",true]", "]"), "table organizations, column deleted"},
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
		"not a number":          {edit("[", "-2147483648", "1.5"), "table workspace_builds, column transition: it is not an array"},
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
			err := refused(t, sealed(t, ended(c.lines)), ErrDamaged)
			require.Contains(t, err, c.want)
		})
	}
	whole := string(ended(good))
	for name, c := range map[string]struct{ content, want string }{
		"nothing":              {"", "its content does not end"},
		"no end":               {strings.Join(good, ""), "its content does not end"},
		"no new line":          {strings.TrimSuffix(whole, "\n"), "its content does not end"},
		"a line after the end": {whole + "\n", "something follows the end"},
		"another count":        {strings.Replace(whole, `"users":1`, `"users":2`, 1), "the table users has 1 rows, and the end says 2"},
		"no count": {
			strings.NewReplacer(`"users":1,`, ``, `,"users":1}`, `}`).Replace(whole), "the end does not count the rows of the table users",
		},
		"a count more":            {strings.Replace(whole, `"rows":{`, `"rows":{"more":0,`, 1), `end: rows: there is no key "more"`},
		"another checksum":        {strings.Replace(whole, `"sha256":"`, `"sha256":"0`, 1), "the content's checksum is"},
		"another row":             {strings.Replace(whole, "a@example.com", "b@example.com", 1), "the content's checksum is"},
		"a line without an end":   {strings.Repeat("x", MaxRow+1), "line 1 of its content: it has more than 67108864 bytes"},
		"a line that is too long": {strings.Repeat("x", MaxRow+1) + "\n", "line 1 of its content: it has more than 67108864 bytes"},
	} {
		t.Run("content with "+name, func(t *testing.T) {
			t.Parallel()
			err := refused(t, sealed(t, []byte(c.content)), ErrDamaged)
			require.Contains(t, err, c.want)
		})
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
			`workspace_builds: row 1: of id 00000000-0000-0000-0000-000000000009: ` +
				`column reason: "whim" is not a value of build_reason that tasktwin knows`,
		},
		"text that is not UTF-8": {
			func(d *tasktwin.Dump) { d.Users[0].Email = "\xff" },
			"users: row 1: of id 00000000-0000-0000-0000-000000000002: column email: it is not valid UTF-8",
		},
		"JSON that is not UTF-8": {
			func(d *tasktwin.Dump) { d.Tasks[0].TemplateParameters = []byte("\xff") }, "column template_parameters: it is not valid UTF-8",
		},
		"rows out of order": {
			func(d *tasktwin.Dump) { d.Tasks[0].ID = id(200) }, "tasks: row 2: the rows are not in the order of their primary key",
		},
		"a row that is too long": {
			func(d *tasktwin.Dump) { d.Tasks[0].Prompt = strings.Repeat("x", MaxRow) }, "bytes: a row may have 67108864",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sampleRows()
			c.change(d)
			_, err := Write(t.Context(), io.Discard, d, by)
			require.ErrorContains(t, err, c.want)
		})
	}
	_, err := Write(t.Context(), io.Discard, nil, by)
	require.Error(t, err)
	_, err = Write(t.Context(), io.Discard, sampleRows(), strings.Repeat("x", maxMark))
	require.ErrorContains(t, err, "it may have 65536")
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
	require.Positive(t, line)
	d.Tasks[0].Prompt = strings.Repeat("x", MaxRow-line)
	back, _, err := Read(t.Context(), bytes.NewReader(file(t, d)))
	require.NoError(t, err)
	require.Len(t, back.Tasks[0].Prompt, MaxRow-line)
	d.Tasks[0].Prompt += "x"
	_, err = Write(t.Context(), io.Discard, d, by)
	require.ErrorContains(t, err, "67108865 bytes")
}

// I/O errors are not reported as damage of the dump.
func TestErrorsOfTheMedium(t *testing.T) {
	t.Parallel()
	data := file(t, sampleRows())
	for _, size := range []int{0, 4, 20, 30, len(data) / 2, len(data) - 1, len(data)} {
		_, err := Verify(t.Context(), io.MultiReader(bytes.NewReader(data[:size]), iotest.ErrReader(os.ErrDeadlineExceeded)))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.NotErrorIs(t, err, ErrDamaged)
		require.NotErrorIs(t, err, ErrCutOff)
	}
	for _, r := range []io.Reader{iotest.OneByteReader(bytes.NewReader(data)), iotest.DataErrReader(bytes.NewReader(data))} {
		_, err := Verify(t.Context(), r)
		require.NoError(t, err)
	}
	for size := 0; size < len(data); size += 31 {
		_, err := Write(t.Context(), &limited{size}, sampleRows(), by)
		require.ErrorIs(t, err, io.ErrShortWrite)
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

func TestContextIsHonoured(t *testing.T) {
	t.Parallel()
	data := file(t, sampleRows())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Write(ctx, io.Discard, sampleRows(), by)
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = Read(ctx, bytes.NewReader(data))
	require.ErrorIs(t, err, context.Canceled)
	_, err = Verify(ctx, bytes.NewReader(data))
	require.ErrorIs(t, err, context.Canceled)
}
