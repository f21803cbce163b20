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
 * A page of text.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class page extends base {
    #[\Override]
    public function areas(?\stdClass $item): array {
        return parent::areas($item) + ['content' => ['content', 0]];
    }

    #[\Override]
    public function read_settings(node $node): array {
        $node->object([], ['content']);
        return ['content' => $node->get('content', '')->text()];
    }

    #[\Override]
    public function observe(\stdClass $instance, \stdClass $item): array {
        return ['content' => $instance->content];
    }

    #[\Override]
    public function prepare_new(\stdClass $form): void {
        global $CFG;
        require_once($CFG->libdir . '/resourcelib.php');
        $form->display = RESOURCELIB_DISPLAY_OPEN;
        $form->printintro = 0;
        $form->printlastmodified = 0;
    }

    #[\Override]
    public function prepare_existing(\stdClass $form): void {
        global $CFG;
        require_once($CFG->dirroot . '/mod/page/locallib.php');
        $options = unserialize_array($form->displayoptions) ?: [];
        foreach ($options + ['printintro' => 0, 'printlastmodified' => 0] as $name => $value) {
            $form->$name = $value;
        }
        $draft = 0;
        $context = \context_module::instance($form->coursemodule);
        file_prepare_draft_area($draft, $context->id, 'mod_page', 'content', 0, ['subdirs' => true]);
        $form->page = ['itemid' => $draft];
    }

    /**
     * Writes the settings into the form: page_add_instance() reads `content`, page_update_instance() reads `page`.
     *
     * @param \stdClass $form
     * @param array $settings
     */
    #[\Override]
    public function fill(\stdClass $form, array $settings): void {
        $form->content = $settings['content'];
        $form->contentformat = FORMAT_HTML;
        $form->page = ['text' => $settings['content'], 'format' => FORMAT_HTML] + ($form->page ?? ['itemid' => 0]);
    }
}
