package output

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// existing creates a file and returns its path.
func existing(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte("before"), 0o600))
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// requireAlone requires that a file is the only one in its folder.
func requireAlone(t *testing.T, path string) {
	t.Helper()
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, files, 1)
	require.Equal(t, filepath.Base(path), files[0].Name())
}

func newFile(t *testing.T, path string, uses ...Use) *File {
	t.Helper()
	f, err := New("--to", path, uses...)
	require.NoError(t, err)
	return f
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// If the new file is incomplete, the old one stays and no temporary file is left.
func TestWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	failure := errors.New("the cable broke")
	for name, write := range map[string]func(w io.Writer, cancel func()) error{
		"it fails": func(w io.Writer, _ func()) error {
			return errors.Join(text("half")(w), failure)
		},
		"it is cancelled before it writes": func(w io.Writer, cancel func()) error {
			cancel()
			return text("half")(w)
		},
		"it is cancelled half way": func(w io.Writer, cancel func()) error {
			for range 100 {
				if err := text("1000 such lines\n")(w); err != nil {
					return err
				}
			}
			cancel()
			for range 1000 {
				if err := text("1000 such lines\n")(w); err != nil {
					return err
				}
			}
			return errors.New("it was written")
		},
		"it is cancelled at its end": func(w io.Writer, cancel func()) error {
			defer cancel()
			return text("all")(w)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			path := existing(t)
			err := newFile(t, path).Write(ctx, func(w io.Writer) error { return write(w, cancel) })
			require.ErrorContains(t, err, "--to: ")
			require.True(t, errors.Is(err, failure) || errors.Is(err, context.Canceled), err)
			require.Equal(t, "before", read(t, path))
			requireAlone(t, path)
		})
	}
}

func TestAPanicLeavesNothing(t *testing.T) {
	t.Parallel()
	path := existing(t)
	require.PanicsWithValue(t, "oh", func() {
		_ = newFile(t, path).Write(t.Context(), func(w io.Writer) error {
			_ = text("half")(w)
			panic("oh")
		})
	})
	require.Equal(t, "before", read(t, path))
	requireAlone(t, path)
}

// Errors name the path that the user gave, whatever fails.
func TestErrorsNameTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	// A folder is in the way when the file is complete.
	err := newFile(t, path).Write(t.Context(), func(io.Writer) error { return os.MkdirAll(filepath.Join(path, "y"), 0o700) })
	require.EqualError(t, err, "--to: "+path+" is not a regular file")
	requireAlone(t, path)

	var named *fs.PathError
	_, err = New("--to", path)
	require.EqualError(t, err, "--to: "+path+" is not a regular file")
	_, err = New("--to", filepath.Join(path, "no", "z"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "--to: ")
	require.ErrorAs(t, err, &named)
	require.Equal(t, filepath.Join(path, "no", "z"), named.Path)

	// The folder has been removed before the write.
	gone := filepath.Join(t.TempDir(), "gone")
	require.NoError(t, os.Mkdir(gone, 0o700))
	f := newFile(t, filepath.Join(gone, "x"))
	require.NoError(t, os.Remove(gone))
	require.ErrorAs(t, f.Write(t.Context(), text("")), &named)
	require.Equal(t, filepath.Join(gone, "x"), named.Path)

	// The write itself fails.
	closed, err := os.Create(filepath.Join(t.TempDir(), ".tasktwin-1"))
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	_, err = (&writer{ctx: t.Context(), to: closed, as: f}).Write([]byte("x"))
	require.ErrorAs(t, err, &named)
	require.Equal(t, filepath.Join(gone, "x"), named.Path)
}

// A file that does not exist yet is recognized under two names, too.
func TestNamesOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, link := filepath.Join(dir, "x"), filepath.Join(dir, "link")
	require.NoError(t, os.Symlink("x", link))
	for _, c := range [][2]string{{path, path}, {path, link}, {link, path}, {dir + "/./x", path}} {
		_, err := New("--to", c[0], Path("the log", c[1]))
		var clash *ClashError
		require.ErrorAs(t, err, &clash, c)
		require.EqualError(t, err, `--to is "`+c[0]+`": that is the log, which would be lost`)
	}
	newFile(t, path, Path("the log", ""), Path("the log", filepath.Join(dir, "y")), Path("the log", filepath.Join(dir, "z", "x")))
}

func TestLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
	}
	require.NoError(t, os.Symlink("../b/two", filepath.Join(dir, "a", "one")))
	require.NoError(t, os.Symlink(filepath.Join(dir, "b", "file"), filepath.Join(dir, "b", "two")))
	for _, s := range []string{"first", "second"} {
		require.NoError(t, newFile(t, filepath.Join(dir, "a", "one")).Write(t.Context(), text(s)))
		info, err := os.Lstat(filepath.Join(dir, "b", "file"))
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o600), info.Mode())
		require.Equal(t, s, read(t, filepath.Join(dir, "b", "file")))
	}

	round := filepath.Join(dir, "round")
	require.NoError(t, os.Symlink("round", round))
	_, err := New("--to", round)
	require.ErrorContains(t, err, "--to: ")
	require.ErrorContains(t, err, round)
	require.NoError(t, os.Symlink("absent/x", filepath.Join(dir, "nowhere")))
	_, err = New("--to", filepath.Join(dir, "nowhere"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestStreams(t *testing.T) {
	t.Parallel()
	path := existing(t)
	stream, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, stream.Close()) })
	_, err = New("--to", path, Stream("the standard output", stream))
	require.ErrorContains(t, err, "that is the standard output")
	require.ErrorContains(t, Clash("the standard output", stream, Path("the log", path)), `the standard output is "`+path+`": that is the log`)
	other := existing(t)
	newFile(t, other, Stream("the standard output", stream))
	require.NoError(t, Clash("the standard output", stream, Path("the log", other), Path("the log", "")))

	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, null.Close()) })
	require.NoError(t, Clash("the standard output", null, Path("the log", os.DevNull)))
	_, err = New("--to", os.DevNull, Stream("the standard output", null))
	require.ErrorContains(t, err, "is not a regular file")
}

// ".." after a link refers to the parent folder of the link's target.
func TestFoldersAboveLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "a", "b"), 0o700))
	require.NoError(t, os.Symlink(filepath.Join("a", "b"), filepath.Join(dir, "link")))
	require.NoError(t, os.Symlink("link/../linked", filepath.Join(dir, "dangling")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "other"), []byte("before"), 0o600))
	for _, c := range []struct{ path, target string }{
		{"/link/../other", "a/other"}, {"/dangling", "a/linked"}, {"/link/../b/deep", "a/b/deep"},
	} {
		require.NoError(t, newFile(t, dir+c.path).Write(t.Context(), text(c.path)))
		require.Equal(t, c.path, read(t, filepath.Join(dir, c.target)))
	}
	require.Equal(t, "before", read(t, filepath.Join(dir, "other")))

	_, err := New("--to", dir+"/missing/../other2")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "missing/../other2")
	require.NoFileExists(t, filepath.Join(dir, "other2"))
}

// A file without a name cannot be replaced, and no new file is created for it.
func TestDeletedFiles(t *testing.T) {
	t.Parallel()
	path := existing(t)
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	fd := fmt.Sprintf("/dev/fd/%d", file.Fd())
	if _, err := os.Stat(fd); err != nil {
		t.Skip(err)
	}
	require.NoError(t, os.Remove(path))
	_, err = New("--to", fd)
	require.ErrorContains(t, err, "--to: "+fd+" is a file that has been deleted or replaced")
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Empty(t, files)
}

// What happens to the path while the command works changes no other file.
func TestThePathChangesMeanwhile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		// change changes the path link, which led to dir/old/file, and which of the files
		// has the text.
		change func(t *testing.T, dir string)
		wrote  string
		err    string
	}{
		"the link leads elsewhere": {func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.Remove(filepath.Join(dir, "link")))
			require.NoError(t, os.Symlink("other/file", filepath.Join(dir, "link")))
		}, "old", ""},
		"the folder is a link to another": {func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.Rename(filepath.Join(dir, "old"), filepath.Join(dir, "moved")))
			require.NoError(t, os.Symlink("other", filepath.Join(dir, "old")))
		}, "", "its folder has been replaced since the command began"},
		"the target is a link": {func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.Remove(filepath.Join(dir, "old", "file")))
			require.NoError(t, os.Symlink("../other/file", filepath.Join(dir, "old", "file")))
		}, "", "is not a regular file"},
		"the target is the input": {func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.Remove(filepath.Join(dir, "old", "file")))
			require.NoError(t, os.Link(filepath.Join(dir, "input"), filepath.Join(dir, "old", "file")))
		}, "", "that is the log, which would be lost"},
	} {
		for _, when := range []string{"before the write", "in the write"} {
			t.Run(name+" "+when, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				for _, folder := range []string{"old", "other"} {
					require.NoError(t, os.Mkdir(filepath.Join(dir, folder), 0o700))
					require.NoError(t, os.WriteFile(filepath.Join(dir, folder, "file"), []byte("before"), 0o600))
				}
				require.NoError(t, os.WriteFile(filepath.Join(dir, "input"), []byte("before"), 0o600))
				require.NoError(t, os.Symlink("old/file", filepath.Join(dir, "link")))
				f := newFile(t, filepath.Join(dir, "link"), Path("the log", filepath.Join(dir, "input")))
				if when == "before the write" {
					c.change(t, dir)
				}
				err := f.Write(t.Context(), func(w io.Writer) error {
					if when == "in the write" {
						c.change(t, dir)
					}
					return text("after")(w)
				})
				// A folder that is moved in the write is still the one that was checked.
				if c.err == "" || name == "the folder is a link to another" && when == "in the write" {
					require.NoError(t, err)
				} else {
					require.ErrorContains(t, err, c.err)
				}
				require.Equal(t, "before", read(t, filepath.Join(dir, "other", "file")))
				require.Equal(t, "before", read(t, filepath.Join(dir, "input")))
				if c.wrote != "" {
					require.Equal(t, "after", read(t, filepath.Join(dir, c.wrote, "file")))
				}
				for _, folder := range []string{"old", "other"} {
					requireAlone(t, filepath.Join(dir, folder, "file"))
				}
			})
		}
	}
}

// Other names of the old file keep its content.
func TestHardLinks(t *testing.T) {
	t.Parallel()
	path := existing(t)
	other := filepath.Join(t.TempDir(), "other")
	require.NoError(t, os.Link(path, other))
	require.NoError(t, newFile(t, path).Write(t.Context(), text("after")))
	require.Equal(t, "after", read(t, path))
	require.Equal(t, "before", read(t, other))
}

// A folder in which nobody may create files is an error that names the file.
func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root may write anywhere")
	}
	path := existing(t)
	require.NoError(t, os.Chmod(filepath.Dir(path), 0o500))
	t.Cleanup(func() { _ = os.Chmod(filepath.Dir(path), 0o700) })
	err := newFile(t, path).Write(t.Context(), text("after"))
	require.ErrorIs(t, err, fs.ErrPermission)
	require.ErrorContains(t, err, "--to: ")
	require.ErrorContains(t, err, path)
	require.NotContains(t, err.Error(), ".tasktwin-")
	require.Equal(t, "before", read(t, path))
}
