package replay

import (
	"fmt"
	"slices"

	"github.com/tasktwin/tasktwin/cmd/internal/suggest"
)

// DateOrder says whether the day precedes the month in dates such as 01/02/2016.
type DateOrder string

// The date orders.
const (
	// DateOrderAuto detects the order from the values of the column: 13 cannot be a
	// month. If no value decides, dates with slashes are month first, others day
	// first.
	DateOrderAuto DateOrder = "auto"
	DateOrderDMY  DateOrder = "dmy"
	DateOrderMDY  DateOrder = "mdy"
)

// DateOrders returns all date orders.
func DateOrders() []DateOrder { return []DateOrder{DateOrderDMY, DateOrderMDY, DateOrderAuto} }

// UnmarshalText sets the date order. It returns an error if the text is not one
// of [DateOrders].
func (o *DateOrder) UnmarshalText(text []byte) error {
	if v := DateOrder(text); slices.Contains(DateOrders(), v) {
		*o = v
		return nil
	}
	question := suggest.Question(string(text), []string{string(DateOrderDMY), string(DateOrderMDY), string(DateOrderAuto)})
	return fmt.Errorf("%q is no date order: use dmy (day first), mdy (month first) or auto%s", text, question)
}

func (o DateOrder) kind() layoutKind {
	if o == DateOrderDMY {
		return layoutDMY
	}
	return layoutMDY
}
