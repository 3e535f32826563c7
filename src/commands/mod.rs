//! One file per command, each a thin shell over the library: read the input, call one function, write the output.

pub mod crds;
