#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

/// Damaged progressive files can hold endless empty scans; sound ones have about ten.
static const int most_scans = 500;

struct eosin_jpeg {
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
  FILE *file;
  int state;
  uint32_t damaged_row;
  JSAMPLE *cmyk;
};

static void fail(j_common_ptr info) {
  eosin_jpeg *jpeg = info->client_data;
  info->err->format_message(info, jpeg->message);
  longjmp(jpeg->jump, 1);
}

static uint32_t place(const eosin_jpeg *jpeg) {
  if (jpeg->info.progressive_mode || jpeg_has_multiple_scans((j_decompress_ptr)&jpeg->info))
    return (uint32_t)jpeg->info.input_scan_number;
  return jpeg->info.input_iMCU_row * (uint32_t)jpeg->info.max_v_samp_factor * DCTSIZE;
}

static void note(j_common_ptr info, int level) {
  if (level >= 0) return;
  eosin_jpeg *jpeg = info->client_data;
  info->err->num_warnings++;
  if (jpeg->state != eosin_jpeg_sound) return;
  switch (info->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
      jpeg->state = eosin_jpeg_ends_early;
      break;
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      jpeg->state = eosin_jpeg_damaged;
      break;
    default:
      return;
  }
  info->err->format_message(info, jpeg->message);
  // The frame's numbers are known only once its header has been read.
  if (jpeg->info.comp_info && jpeg->info.max_v_samp_factor) jpeg->damaged_row = place(jpeg);
}

static void say_nothing(j_common_ptr info) { (void)info; }

static void count_scans(j_common_ptr info) {
  eosin_jpeg *jpeg = info->client_data;
  if (jpeg->info.input_scan_number <= most_scans) return;
  snprintf(jpeg->message, sizeof jpeg->message, "it has more than %d scans", most_scans);
  longjmp(jpeg->jump, 1);
}

eosin_jpeg *eosin_jpeg_create(void) { return calloc(1, sizeof(eosin_jpeg)); }

void eosin_jpeg_destroy(eosin_jpeg *jpeg) {
  if (!jpeg) return;
  jpeg_destroy_decompress(&jpeg->info);
  if (jpeg->file) fclose(jpeg->file);
  free(jpeg->cmyk);
  free(jpeg);
}

int eosin_jpeg_open(eosin_jpeg *jpeg, const char *path, eosin_jpeg_header *header) {
  j_decompress_ptr info = &jpeg->info;
  info->err = jpeg_std_error(&jpeg->errors);
  info->client_data = jpeg;
  jpeg->errors.error_exit = fail;
  jpeg->errors.emit_message = note;
  jpeg->errors.output_message = say_nothing;
  if (setjmp(jpeg->jump)) return -1;
  jpeg_create_decompress(info);
  info->progress = &jpeg->progress;
  jpeg->progress.progress_monitor = count_scans;

  jpeg->file = fopen(path, "rbe");
  if (!jpeg->file) {
    snprintf(jpeg->message, sizeof jpeg->message, "it cannot be opened");
    return -1;
  }
  jpeg_stdio_src(info, jpeg->file);
  jpeg_save_markers(info, JPEG_APP0 + 1, 0xFFFF);
  jpeg_read_header(info, TRUE);

  *header = (eosin_jpeg_header){
      .width = info->image_width,
      .height = info->image_height,
      .components = info->num_components,
      .has_several_scans = jpeg_has_multiple_scans(info),
      .is_arithmetic = info->arith_code,
      .has_known_colors = info->jpeg_color_space != JCS_UNKNOWN,
  };
  for (int index = 0; index < info->num_components; index++) {
    const jpeg_component_info *component = &info->comp_info[index];
    header->blocks += (uint64_t)component->width_in_blocks * component->height_in_blocks;
  }
  return 0;
}

const uint8_t *eosin_jpeg_exif(eosin_jpeg *jpeg, size_t *length) {
  static const char name[6] = "Exif\0";
  for (jpeg_saved_marker_ptr marker = jpeg->info.marker_list; marker; marker = marker->next) {
    if (marker->data_length <= sizeof name || memcmp(marker->data, name, sizeof name)) continue;
    *length = marker->data_length - sizeof name;
    return marker->data + sizeof name;
  }
  return NULL;
}

int eosin_jpeg_start(eosin_jpeg *jpeg, int reduction, uint32_t *left, uint32_t *width) {
  j_decompress_ptr info = &jpeg->info;
  if (setjmp(jpeg->jump)) return -1;
  info->scale_num = 1;
  info->scale_denom = (unsigned)reduction;
  info->dct_method = JDCT_ISLOW;
  int is_cmyk = info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK;
  info->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(info);

  // Chroma is interpolated across block borders, which a crop cuts off: take two more columns of
  // blocks on either side than asked for.
  JDIMENSION margin = 2 * (JDIMENSION)(info->max_h_samp_factor * info->min_DCT_scaled_size);
  JDIMENSION first = *left > margin ? *left - margin : 0;
  JDIMENSION last = *left + *width + margin;
  if (last > info->output_width) last = info->output_width;
  JDIMENSION count = last - first;
  if (count < info->output_width) jpeg_crop_scanline(info, &first, &count);
  *left = first;
  *width = info->output_width;

  if (is_cmyk) {
    jpeg->cmyk = malloc((size_t)info->output_width * 4);
    if (!jpeg->cmyk) {
      snprintf(jpeg->message, sizeof jpeg->message, "there is no memory for a row");
      return -1;
    }
  }
  return 0;
}

int eosin_jpeg_skip(eosin_jpeg *jpeg, uint32_t rows) {
  if (setjmp(jpeg->jump)) return -1;
  while (rows > 0) {
    JDIMENSION done = jpeg_skip_scanlines(&jpeg->info, rows);
    if (done == 0) {
      snprintf(jpeg->message, sizeof jpeg->message, "its rows end early");
      return -1;
    }
    rows -= done;
  }
  return 0;
}

/// Adobe writes CMYK upside down, 255 for no ink; others, 0.
static void rgb_of_cmyk(const eosin_jpeg *jpeg, uint8_t *row) {
  int flip = jpeg->info.saw_Adobe_marker ? 0 : 255;
  for (JDIMENSION column = 0; column < jpeg->info.output_width; column++) {
    const JSAMPLE *ink = jpeg->cmyk + (size_t)column * 4;
    for (int channel = 0; channel < 3; channel++)
      row[(size_t)column * 3 + channel] =
          (uint8_t)(((ink[channel] ^ flip) * (ink[3] ^ flip) + 127) / 255);
  }
}

int eosin_jpeg_read(eosin_jpeg *jpeg, uint8_t *row) {
  if (setjmp(jpeg->jump)) return -1;
  JSAMPROW target = jpeg->cmyk ? jpeg->cmyk : row;
  if (jpeg_read_scanlines(&jpeg->info, &target, 1) != 1) {
    snprintf(jpeg->message, sizeof jpeg->message, "its rows end early");
    return -1;
  }
  if (jpeg->cmyk) rgb_of_cmyk(jpeg, row);
  return 0;
}

const char *eosin_jpeg_message(const eosin_jpeg *jpeg) { return jpeg->message; }
int eosin_jpeg_state(const eosin_jpeg *jpeg) { return jpeg->state; }
uint32_t eosin_jpeg_damaged_row(const eosin_jpeg *jpeg) { return jpeg->damaged_row; }
