// Package money reads prices with a currency and formats costs.
package money

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/currency"

	"github.com/tasktwin/tasktwin/cmd/internal/number"
)

// Max is the highest price. Costs of more could not be read.
const Max = 1e9

// errNoNumber says that there is no number in a price.
var errNoNumber = errors.New("it must be a number, which may have a currency: 0.2, 0.12USD, €0.12")

// Price is the price of an hour.
type Price struct {
	Amount float64
	// Currency is an ISO 4217 code, such as USD, or a symbol, such as € or US$. Empty
	// means that none was given.
	Currency string
}

// Parse reads a number from 0 to Max, which may have a currency before or after it:
// 0.2, 0.12USD, 0.12 USD, €0.12. The error says what is wrong, without the text.
func Parse(text string) (Price, error) {
	isNumber := func(r rune) bool { return strings.ContainsRune("0123456789+-.eE", r) }
	amount, unit := strings.TrimSpace(text), ""
	switch first, _ := utf8.DecodeRuneInString(amount); {
	case amount == "":
		return Price{}, errNoNumber
	case !strings.ContainsRune("0123456789+-.", first):
		if i := strings.IndexAny(amount, "0123456789+-."); i > 0 {
			unit, amount = amount[:i], amount[i:]
		}
	default:
		// The e of an exponent is part of the number, that of EUR is not.
		i := len(amount)
		for i > 0 {
			r, size := utf8.DecodeLastRuneInString(amount[:i])
			if isNumber(r) && r != 'e' && r != 'E' {
				break
			}
			i -= size
		}
		amount, unit = amount[:i], amount[i:]
	}
	amount, unit = strings.TrimSpace(amount), strings.TrimSpace(unit)
	v, err := strconv.ParseFloat(amount, 64)
	if err != nil {
		return Price{}, errNoNumber
	}
	if !(v >= 0 && v <= Max) {
		return Price{}, fmt.Errorf("it must be from 0 to %.0f", float64(Max))
	}
	if unit != "" && !isSymbol(unit) {
		if _, err := currency.ParseISO(unit); err != nil || unit != strings.ToUpper(unit) {
			return Price{}, fmt.Errorf("%q is neither the ISO 4217 code of a currency nor a symbol such as €", unit)
		}
	}
	return Price{Amount: v, Currency: unit}, nil
}

// isSymbol reports whether a text is the symbol of a currency, such as € or US$.
func isSymbol(text string) bool {
	last, size := utf8.DecodeLastRuneInString(text)
	letters := text[:len(text)-size]
	return unicode.Is(unicode.Sc, last) && len(letters) <= 2 && strings.Trim(letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// Format formats an amount with two digits after the decimal point: 1,234.50,
// 1,234.50 USD, €1,234.50.
func (p Price) Format(amount float64) string { return p.with(number.Fixed(amount, 2)) }

// String returns the price with all its digits.
func (p Price) String() string { return p.with(strconv.FormatFloat(p.Amount, 'f', -1, 64)) }

func (p Price) with(digits string) string {
	switch {
	case p.Currency == "":
		return digits
	case isSymbol(p.Currency):
		return p.Currency + digits
	default:
		return digits + " " + p.Currency
	}
}
