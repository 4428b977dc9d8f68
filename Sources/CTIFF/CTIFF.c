#include "CTIFF.h"

#include <tiffio.h>

void eosin_tiff_be_quiet(void) {
  TIFFSetErrorHandler(NULL);
  TIFFSetWarningHandler(NULL);
}
