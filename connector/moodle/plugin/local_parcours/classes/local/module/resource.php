<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\local\module;

use local_parcours\local\document\node;

/**
 * A file to open or download.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class resource extends base {
    #[\Override]
    public function areas(?\stdClass $item): array {
        return parent::areas($item) + ['content' => ['content', 0]];
    }

    #[\Override]
    public function read_settings(node $node): array {
        $node->object([]);
        return [];
    }

    #[\Override]
    public function observe(\stdClass $instance, \stdClass $item): array {
        return [];
    }

    #[\Override]
    public function prepare_new(\stdClass $form): void {
        global $CFG;
        require_once($CFG->libdir . '/resourcelib.php');
        $form->display = RESOURCELIB_DISPLAY_AUTO;
        $form->printintro = 1;
        $form->files = 0;
    }

    #[\Override]
    public function prepare_existing(\stdClass $form): void {
        global $CFG;
        // Moodle 4.5 uses it in resource_update_instance() and loads it in its form only.
        require_once($CFG->dirroot . '/mod/resource/locallib.php');
        foreach (unserialize_array($form->displayoptions) ?: [] as $name => $value) {
            $form->$name = $value;
        }
        // No draft area: resource_set_mainfile() leaves the files as they are.
        $form->files = 0;
    }

    #[\Override]
    public function fill(\stdClass $form, array $settings): void {
    }

    /**
     * Tells Moodle which file to open.
     *
     * @param \context $context
     */
    #[\Override]
    public function files_changed(\context $context): void {
        $files = get_file_storage()->get_area_files($context->id, 'mod_resource', 'content', 0, 'filepath, filename', false);
        foreach (array_values($files) as $rank => $file) {
            $file->set_sortorder($rank === 0 ? 1 : 0);
        }
    }
}
