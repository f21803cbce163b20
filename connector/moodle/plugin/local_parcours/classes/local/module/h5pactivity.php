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
use mod_h5pactivity\local\manager;

/**
 * An interactive content, from an H5P package.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class h5pactivity extends base {
    use graded;

    /** Marked out of 100, so that a pass mark is a percentage. */
    private const GRADE = 100;

    /** H5P's own frame and buttons (download, embed, copyright), all switched off. */
    private const NO_BUTTONS = 15;

    #[\Override]
    public function rules(): array {
        return ['view', 'passgrade'];
    }

    #[\Override]
    public function areas(?\stdClass $item): array {
        return parent::areas($item) + ['package' => ['package', 0]];
    }

    #[\Override]
    public function read_settings(node $node): array {
        $node->object([], ['grade_pass']);
        return ['grade_pass' => $node->get('grade_pass', 0)->number(0, self::GRADE)];
    }

    #[\Override]
    public function observe(\stdClass $instance, \stdClass $item): array {
        return ['grade_pass' => $this->pass_percentage($instance)];
    }

    #[\Override]
    public function prepare_new(\stdClass $form): void {
        $form->grade = self::GRADE;
        $form->displayoptions = self::NO_BUTTONS;
        $form->enabletracking = 1;
        $form->grademethod = manager::GRADEHIGHESTATTEMPT;
        $form->reviewmode = manager::REVIEWCOMPLETION;
        $form->packagefile = 0;
    }

    #[\Override]
    public function prepare_existing(\stdClass $form): void {
        // No draft area: h5pactivity_set_mainfile() leaves the package as it is.
        $form->packagefile = 0;
    }

    #[\Override]
    public function fill(\stdClass $form, array $settings): void {
        $form->gradepass = $settings['grade_pass'] * $form->grade / 100;
    }
}
