#include "CHDF5.h"

void eosin_hdf5_be_quiet(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }
