// Package stores turns stores into engines and engines into stores. It lists the
// methods of a store and the possible outcomes of each.
package stores
