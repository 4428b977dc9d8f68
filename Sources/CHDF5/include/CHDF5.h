#pragma once
#include <hdf5.h>

#include "CHDF5Writing.h"

/// Keeps HDF5 from printing its errors; called once before anything else.
void eosin_hdf5_be_quiet(void);
