package pgvalue

import "bytes"

// The limits of PostgreSQL's numeric. It stores digits in groups of four, the exponent of
// the first group in an int16, and the number of displayed decimals in 14 bits.
const (
	maxDisplayScale  = 1<<14 - 1
	maxIntegerDigits = 4 * (1 << 15)
	// maxExponent is the largest exponent that PostgreSQL reads, which only a zero can have.
	// Up to version 15 it is one less.
	maxExponent = (1<<31 - 1) / 2
)

// decimal is a parsed JSON number: its value is integer.fraction shifted by exponent
// digits.
type decimal struct {
	negative          bool
	integer, fraction []byte
	exponent          int
}

// parseDecimal parses a JSON number. Its exponent, which may have any number of
// digits, is limited to maxExponent + 1.
func parseDecimal(lexeme []byte) decimal {
	var d decimal
	if lexeme[0] == '-' {
		d.negative = true
		lexeme = lexeme[1:]
	}
	n := countDigits(lexeme)
	d.integer, lexeme = lexeme[:n], lexeme[n:]
	if len(lexeme) > 0 && lexeme[0] == '.' {
		n = countDigits(lexeme[1:])
		d.fraction, lexeme = lexeme[1:1+n], lexeme[1+n:]
	}
	if len(lexeme) == 0 {
		return d
	}
	lexeme = lexeme[1:]
	sign := 1
	switch lexeme[0] {
	case '-':
		sign = -1
		lexeme = lexeme[1:]
	case '+':
		lexeme = lexeme[1:]
	}
	for _, c := range lexeme {
		d.exponent = min(d.exponent*10+int(c-'0'), maxExponent+1)
	}
	d.exponent *= sign
	return d
}

func countDigits(s []byte) int {
	for i, c := range s {
		if c < '0' || c > '9' {
			return i
		}
	}
	return len(s)
}

// scale is the number of decimals that numeric displays: those of the input, shifted
// by the exponent.
func (d *decimal) scale() int { return max(0, len(d.fraction)-d.exponent) }

// at returns the i-th digit of integer and fraction together.
func (d *decimal) at(i int) byte {
	if i < len(d.integer) {
		return d.integer[i]
	}
	return d.fraction[i-len(d.integer)]
}

// firstNonZero returns the index of the first digit that is not zero, or -1.
func (d *decimal) firstNonZero() int {
	for i := range len(d.integer) + len(d.fraction) {
		if d.at(i) != '0' {
			return i
		}
	}
	return -1
}

// hasExponent reports whether a JSON number has an exponent.
func hasExponent(lexeme []byte) bool { return bytes.ContainsAny(lexeme, "eE") }

// checkNumber returns an error if a JSON number is out of numeric's range, or its exponent
// is larger than most.
func checkNumber(lexeme []byte, most int) error {
	if len(lexeme) < maxDisplayScale && !hasExponent(lexeme) {
		return nil
	}
	d := parseDecimal(lexeme)
	overflow := d.exponent > most || d.scale() > maxDisplayScale
	if first := d.firstNonZero(); first >= 0 && !overflow {
		overflow = len(d.integer)+d.exponent-first > maxIntegerDigits
	}
	if overflow {
		return fail(numericValueOutOfRange, "value overflows numeric format")
	}
	return nil
}

// appendNumber appends a JSON number that checkNumber has accepted in the form of
// numeric: without an exponent, with its scale, and zero without a sign.
func appendNumber(out, lexeme []byte) []byte {
	if !hasExponent(lexeme) {
		if lexeme[0] == '-' && !bytes.ContainsAny(lexeme, "123456789") {
			lexeme = lexeme[1:]
		}
		return append(out, lexeme...)
	}
	d := parseDecimal(lexeme)
	first := d.firstNonZero()
	if d.negative && first >= 0 {
		out = append(out, '-')
	}
	// point is the index of the decimal point among the digits.
	point := len(d.integer) + d.exponent
	if first < 0 || first >= point {
		out = append(out, '0')
	} else {
		out = d.appendDigits(out, first, point)
	}
	if scale := d.scale(); scale > 0 {
		out = append(out, '.')
		out = d.appendDigits(out, point, point+scale)
	}
	return out
}

// appendDigits appends the digits from one index to another, with zeros before the
// first and after the last digit.
func (d *decimal) appendDigits(out []byte, from, to int) []byte {
	digits := len(d.integer) + len(d.fraction)
	for i := from; i < to; i++ {
		if i < 0 || i >= digits {
			out = append(out, '0')
		} else {
			out = append(out, d.at(i))
		}
	}
	return out
}
