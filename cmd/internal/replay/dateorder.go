package replay

import "fmt"

// DateOrder says whether days come before months in dates such as 01/02/2016.
type DateOrder string

// The date orders.
const (
	// DateOrderAuto lets the column decide: a 13 is no month. Where no row
	// decides, dates with slashes are month first, others day first.
	DateOrderAuto DateOrder = "auto"
	DateOrderDMY  DateOrder = "dmy"
	DateOrderMDY  DateOrder = "mdy"
)

// UnmarshalText accepts the three orders.
func (o *DateOrder) UnmarshalText(text []byte) error {
	switch v := DateOrder(text); v {
	case DateOrderAuto, DateOrderDMY, DateOrderMDY:
		*o = v
		return nil
	default:
		return fmt.Errorf("%q is no date order: use dmy (day first), mdy (month first) or auto", text)
	}
}

func (o DateOrder) kind() layoutKind {
	if o == DateOrderDMY {
		return layoutDMY
	}
	return layoutMDY
}
