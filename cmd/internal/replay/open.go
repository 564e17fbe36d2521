package replay

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

const byteOrderMark = "\uFEFF"

// openText unpacks a log if it is compressed, decodes it, checks that it is text,
// and chooses the kind of file by its first bytes.
func openText(r io.Reader, encoding Encoding) (*textReader, source, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if head, err := peek(in, 2); err != nil {
		return nil, nil, err
	} else if string(head) == "\x1f\x8b" {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, nil, fmt.Errorf("unpack gzip: %w", err)
		}
		in = bufio.NewReaderSize(unpacked, 64<<10)
	}
	raw, err := peek(in, 1<<10)
	if err != nil {
		return nil, nil, err
	}
	if bytes.HasPrefix(raw, []byte("PK\x03\x04")) {
		return nil, nil, errors.New("it is a ZIP file, which may be a spreadsheet (.xlsx): save it as CSV, or unpack it")
	}
	text, err := decoded(in, raw, encoding)
	if err != nil {
		return nil, nil, err
	}
	lines := bufio.NewReaderSize(text, 64<<10)
	head, err := peek(lines, 1<<10)
	if err != nil {
		return nil, nil, err
	}
	if bytes.HasPrefix(head, []byte(byteOrderMark)) {
		_, _ = lines.Discard(len(byteOrderMark))
		head = head[len(byteOrderMark):]
	}
	if bytes.HasPrefix(bytes.TrimSpace(head), []byte("<")) {
		return text, newXESReader(lines), nil
	}
	return text, newCSVReader(lines), nil
}

// peek returns the next bytes, at most n.
func peek(r *bufio.Reader, n int) ([]byte, error) {
	head, err := r.Peek(n)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	return head, nil
}
